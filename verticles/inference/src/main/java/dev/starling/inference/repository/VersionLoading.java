package dev.starling.inference.repository;

import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.engine.Model;
import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.repository.Versions.Loaded;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one version from its file to being served: examined, loaded, held against what lies in the
 * directory now. Thread-safe; it blocks, for as long as a trial and a load take.
 */
final class VersionLoading {
  private static final Logger log = LoggerFactory.getLogger(VersionLoading.class);

  private final int maxModels;
  private final Directories directories;
  private final Examination examination;
  private final ModelLoader loader;
  private final KnownVersions known;
  private final RepositoryMeters meters;

  /**
   * @param maxModels versions that are served at once
   */
  VersionLoading(
      int maxModels,
      Directories directories,
      Examination examination,
      ModelLoader loader,
      KnownVersions known,
      RepositoryMeters meters) {
    this.maxModels = maxModels;
    this.directories = directories;
    this.examination = examination;
    this.loader = loader;
    this.known = known;
    this.meters = meters;
  }

  /** One version, from its file to being served; empty, or why not. */
  Optional<String> load(ModelDirectory model, Versions versions, VersionDirectory version) {
    String name = model.name();
    known.change(() -> versions.trying(version.version()));
    try {
      Optional<String> objection = examine(model, version);
      if (objection.isPresent()) {
        meters.refused();
      } else {
        known.change(() -> versions.loading(version.version()));
        long began = System.nanoTime();
        Model loaded = loader.load(version.directory(), name, version.version(), model.config());
        objection = whatChanged(name, version);
        if (objection.isEmpty()) {
          meters.load.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
          if (known.ready(versions, new Loaded(version.version(), version.stamp(), loaded))) {
            log.info("Model {} version {} is served", name, version.version());
            return Optional.empty();
          }
          objection = Optional.of("the node is stopping");
        }
        loaded.close();
      }
      return refuse(versions, version, objection.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refuse(versions, version, "the node is stopping");
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      log.warn("Model {} version {} could not be loaded", name, version.version(), e);
      meters.failed();
      return refuse(versions, version, "cannot be loaded: " + e.getMessage());
    }
  }

  private Optional<String> examine(ModelDirectory model, VersionDirectory version)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    try {
      if (othersBeside(model, version) >= maxModels) {
        return Optional.of("max-models: " + maxModels + " are served (expected: fewer)");
      }
      return examination.objection(model.name(), version, model.config());
    } finally {
      meters.examination.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }
  }

  /** How many versions will be served besides this one, without those whose place it takes. */
  private int othersBeside(ModelDirectory model, VersionDirectory version) {
    int others = 0;
    int own = 0;
    for (Map.Entry<String, Served.Versioned> one : known.served().models().entrySet()) {
      Set<String> versions = one.getValue().versions().keySet();
      if (one.getKey().equals(model.name())) {
        own = versions.size() - (versions.contains(version.version()) ? 1 : 0);
      } else {
        others += versions.size();
      }
    }
    return model.config().versionPolicy() instanceof Latest latest
        ? others + Math.min(own, latest.count() - 1)
        : others + own;
  }

  /** What was loaded must be what was looked through. */
  private Optional<String> whatChanged(String name, VersionDirectory version) throws IOException {
    return directories.look(name) instanceof Look.Present now
            && now.model().versions().contains(version)
        ? Optional.empty()
        : Optional.of("it was replaced while it was looked at (expected: load it again)");
  }

  private Optional<String> refuse(Versions versions, VersionDirectory version, String reason) {
    known.change(() -> versions.refused(version.version(), reason));
    return Optional.of("version " + version.version() + ": " + reason);
  }
}
