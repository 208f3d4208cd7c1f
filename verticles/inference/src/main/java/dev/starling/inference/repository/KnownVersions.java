package dev.starling.inference.repository;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.inference.engine.Model;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.repository.Versions.Loaded;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of each model's versions, and what of it is served and told. It owns what is
 * loaded: whatever is given up drains and is closed.
 *
 * <p>Thread-safe. Each change is made and published under one lock; what is served is read without
 * it, so a call sees either the version before or the one after.
 */
final class KnownVersions {
  private static final Logger log = LoggerFactory.getLogger(KnownVersions.class);

  /** The words of the Open Inference Protocol for an ONNX file that ONNX Runtime runs. */
  private static final String PLATFORM = "onnxruntime_onnx";

  /** An entry's deadline has passed by then. */
  private static final Duration DRAIN = Duration.ofSeconds(60);

  private final RepositoryMeters meters;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Guarded by itself, like everything in it. */
  private final SortedMap<String, Versions> byName = new TreeMap<>();

  private volatile Served served = Served.NOTHING;
  private boolean closed;

  KnownVersions(RepositoryMeters meters) {
    this.meters = meters;
  }

  Served served() {
    return served;
  }

  /** Calls a listener after each change, on whatever thread has made it. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** Whether a directory has something else than when it was looked at last. */
  boolean isNews(ModelDirectory model) {
    synchronized (byName) {
      Versions known = byName.get(model.name());
      return known == null || !known.isUnloaded() && !known.found().equals(model.versions());
    }
  }

  /** Begins a change of a model with what lies in its directory. */
  Versions look(ModelDirectory model) {
    synchronized (byName) {
      Versions versions = byName.computeIfAbsent(model.name(), none -> new Versions());
      versions.look(model);
      return versions;
    }
  }

  Optional<VersionDirectory> next(Versions versions) {
    synchronized (byName) {
      return versions.next();
    }
  }

  void change(Runnable transition) {
    synchronized (byName) {
      transition.run();
      publish();
    }
  }

  /** False when this was closed meanwhile, and nobody would close what is loaded. */
  boolean ready(Versions versions, Loaded loaded) {
    Optional<Loaded> before;
    synchronized (byName) {
      if (closed) {
        return false;
      }
      before = versions.ready(loaded);
      publish();
    }
    before.ifPresent(old -> drain(versions, old));
    return true;
  }

  /** Ends a change; what is not wanted any more drains. */
  void settle(Versions versions) {
    List<Loaded> ended;
    synchronized (byName) {
      ended = versions.settle();
      publish();
    }
    ended.forEach(loaded -> drain(versions, loaded));
  }

  /** Of a model whose directory is gone, what is not served is not told of any more. */
  void forget(String name) {
    synchronized (byName) {
      Versions known = byName.get(name);
      if (known != null && known.isIdle()) {
        byName.remove(name);
        publish();
      }
    }
  }

  /** Gives up a model; empty when there is none, otherwise completes when it has drained. */
  Optional<Future<Void>> unload(String name) {
    List<Loaded> ended;
    Versions versions;
    synchronized (byName) {
      versions = byName.get(name);
      if (versions == null) {
        return Optional.empty();
      }
      ended = versions.unload();
      publish();
    }
    Versions unloaded = versions;
    return Optional.of(
        Future.join(ended.stream().map(loaded -> drain(unloaded, loaded)).toList()).mapEmpty());
  }

  /** Gives up everything, and tells nobody; completes when all of it is closed. */
  Future<Void> close() {
    listeners.clear();
    List<Future<Void>> closing = new ArrayList<>();
    synchronized (byName) {
      closed = true;
      byName
          .values()
          .forEach(
              versions -> versions.unload().forEach(loaded -> closing.add(loaded.model().close())));
      publish();
    }
    return Future.join(closing).mapEmpty();
  }

  /** Nobody is sent to it any more; it answers those that it has and is gone. */
  private Future<Void> drain(Versions versions, Loaded loaded) {
    return loaded
        .model()
        .close()
        .timeout(DRAIN.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> log.warn("Version {} did not close cleanly", loaded.version(), late))
        .otherwiseEmpty()
        .onComplete(done -> change(() -> versions.drained(loaded)));
  }

  /** Under the lock, so that no older state is published after a newer one. */
  private void publish() {
    Map<String, Served.Versioned> models = new HashMap<>();
    List<ModelRecord> records = new ArrayList<>();
    int ready = 0;
    for (Map.Entry<String, Versions> entry : byName.entrySet()) {
      Versions versions = entry.getValue();
      Map<String, Model> loaded = new HashMap<>();
      versions.served().forEach((version, one) -> loaded.put(version, one.model()));
      String preferred = versions.preferred();
      if (preferred != null) {
        models.put(entry.getKey(), new Served.Versioned(preferred, loaded));
      }
      ready += loaded.size();
      versions.rows().forEach(row -> records.add(record(entry.getKey(), row, preferred)));
    }
    served = new Served(served.revision() + 1, models, records);
    meters.ready(ready);
    listeners.forEach(Runnable::run);
  }

  private static ModelRecord record(String name, Versions.Row row, @Nullable String preferred) {
    Loaded loaded = row.served();
    State state =
        loaded != null
            ? State.READY
            : row.drains()
                ? State.UNLOADING
                : switch (row.stage()) {
                  case TRYING, LOADING -> State.LOADING;
                  default -> State.UNAVAILABLE;
                };
    String reason =
        loaded != null
            ? ""
            : row.reason().isEmpty() && state == State.UNAVAILABLE ? "not loaded" : row.reason();
    return new ModelRecord(
        name,
        row.version(),
        state,
        loaded != null && row.version().equals(preferred),
        reason,
        PLATFORM,
        loaded == null ? List.of() : loaded.model().inputs(),
        loaded == null ? List.of() : loaded.model().outputs());
  }
}
