package dev.starling.inference.repository;

import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.inference.InferenceConfig;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.engine.Model;
import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.repository.Versions.Loaded;
import dev.starling.inference.trial.ChildTrial;
import dev.starling.inference.trial.Trial;
import dev.starling.inference.vetting.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a node and their changes. All instances of the verticle share one.
 *
 * <p>Thread-safe. It blocks on threads of its own; futures complete there or on the engine's. What
 * is served is read without a lock, so a call sees either the version before or the one after. It
 * owns the models that it has loaded, and closes them.
 */
public final class ModelRepository implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelRepository.class);

  /** The words of the Open Inference Protocol for an ONNX file that ONNX Runtime runs. */
  private static final String PLATFORM = "onnxruntime_onnx";

  /** Two models may be loaded at once; trials are one at a time anyway. */
  private static final int WORKERS = 2;

  private static final int MAX_WAITING = 256;

  /** An entry's deadline has passed by then. */
  private static final Duration DRAIN = Duration.ofSeconds(60);

  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final InferenceConfig config;
  private final Directories directories;
  private final Path own;
  private final ShippedModels shipped;
  private final Examination examination;
  private final Trial trial;
  private final ModelLoader loader;
  private final RepositoryMeters meters;
  private final ThreadPoolExecutor workers;
  private final Changes changes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Guarded by itself, like everything in it. */
  private final SortedMap<String, Versions> byName = new TreeMap<>();

  private volatile Served served = Served.NOTHING;
  private volatile boolean closed;

  /**
   * @param own the node's own directory of models, which is made when it is missing
   * @param shipped what the class path brings along
   * @param trial is closed with the repository
   * @param cores that this node has
   */
  ModelRepository(
      InferenceConfig config,
      Path own,
      ShippedModels shipped,
      Trial trial,
      ModelLoader loader,
      MeterRegistry meters,
      int cores) {
    this.config = config;
    this.own = own;
    this.shipped = shipped;
    this.loader = loader;
    List<Path> roots = new ArrayList<>();
    roots.add(own);
    config.repositories().forEach(root -> roots.add(Path.of(root)));
    this.directories = new Directories(roots, cores);
    this.trial = trial;
    this.examination = new Examination(Limits.of(config.maxFileBytes()), shipped, trial);
    this.meters = new RepositoryMeters(meters);
    AtomicInteger number = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING + WORKERS),
            task -> {
              Thread thread = new Thread(task, "starling-models-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    workers.allowCoreThreadTimeOut(true);
    this.changes = new Changes(workers, MAX_WAITING);
  }

  /**
   * The repository of a node.
   *
   * @throws IOException when the class path's indexes cannot be read
   */
  public static ModelRepository open(
      InferenceConfig config, Path dataDirectory, ModelLoader loader, MeterRegistry meters)
      throws IOException {
    return new ModelRepository(
        config,
        dataDirectory.resolve("models"),
        config.shipped()
            ? ShippedModels.find(ModelRepository.class.getClassLoader())
            : ShippedModels.none(),
        new ChildTrial(config.trial()),
        loader,
        meters,
        Runtime.getRuntime().availableProcessors());
  }

  /** What is served now. */
  public Served served() {
    return served;
  }

  /** Calls a listener after each change, on whatever thread has made it; it must be quick. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /**
   * Puts what is shipped into the repository where it is missing, and loads everything that is
   * there. Completes when each model is served or refused; a model that is refused is no failure.
   */
  public Future<Void> loadAll() {
    return Future.<SortedSet<String>>future(
            found ->
                workers.execute(
                    () -> {
                      try {
                        found.complete(install());
                      } catch (IOException | RuntimeException e) {
                        found.fail(e);
                      }
                    }))
        .compose(this::loadEach);
  }

  /**
   * Serves what lies in a model's directory.
   *
   * <p>Fails with {@code OVERLOADED} when too many changes wait.
   */
  public Future<Changed> load(String name) {
    return changes.submit(name, Changes.Kind.LOAD, () -> Future.succeededFuture(makeLoad(name)));
  }

  /** Stops serving a model; completes when those who waited have their answers. */
  public Future<Changed> unload(String name) {
    return changes.submit(name, Changes.Kind.UNLOAD, () -> makeUnload(name));
  }

  /**
   * Loads models whose directories have changed since they were looked at, new ones included;
   * leaves alone what was unloaded.
   */
  public Future<Void> loadChanged() {
    return Future.<List<String>>future(
            found ->
                workers.execute(
                    () -> {
                      try {
                        found.complete(changed());
                      } catch (IOException | RuntimeException e) {
                        found.fail(e);
                      }
                    }))
        .compose(this::loadEach);
  }

  /** So many at once as there are threads: those that others ask for have room to wait. */
  private Future<Void> loadEach(Collection<String> names) {
    Queue<String> left = new ConcurrentLinkedQueue<>(names);
    List<Future<Void>> lanes = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      Promise<Void> lane = Promise.promise();
      loadNext(left, lane);
      lanes.add(lane.future());
    }
    return Future.join(lanes).mapEmpty();
  }

  private void loadNext(Queue<String> left, Promise<Void> done) {
    String name = left.poll();
    if (name == null) {
      done.complete();
    } else {
      load(name)
          .onFailure(failure -> log.error("Model {} was not loaded", name, failure))
          .onComplete(loaded -> loadNext(left, done));
    }
  }

  private SortedSet<String> install() throws IOException {
    try {
      shipped.installInto(own);
    } catch (IOException e) {
      // What is there may well be served without.
      log.error("The models {} could not be put into {}", shipped.models(), own, e);
    }
    return directories.names();
  }

  private List<String> changed() throws IOException {
    List<String> changed = new ArrayList<>();
    for (String name : directories.names()) {
      if (directories.look(name) instanceof Look.Present present) {
        synchronized (byName) {
          Versions known = byName.get(name);
          if (known == null
              || !known.isUnloaded() && !known.found().equals(present.model().versions())) {
            changed.add(name);
          }
        }
      }
    }
    return changed;
  }

  private Changed makeLoad(String name) {
    Look look;
    try {
      look = directories.look(name);
    } catch (IOException e) {
      return refused(name, "cannot be read: " + e.getMessage());
    }
    if (look instanceof Look.Unusable unusable) {
      return refused(name, unusable.reason());
    }
    if (!(look instanceof Look.Present present) || present.model().versions().isEmpty()) {
      forget(name);
      return new Changed(
          Outcome.ABSENT, name + ": not in the repository (expected: " + name + "/1/model.onnx)");
    }
    ModelDirectory model = present.model();
    Versions versions;
    synchronized (byName) {
      versions = byName.computeIfAbsent(name, none -> new Versions());
      versions.look(model);
    }
    List<String> objections = new ArrayList<>();
    for (Optional<VersionDirectory> next = next(versions);
        next.isPresent() && !closed;
        next = next(versions)) {
      loadVersion(model, versions, next.get()).ifPresent(objections::add);
    }
    List<Loaded> ended;
    synchronized (byName) {
      ended = versions.settle();
      publish();
    }
    ended.forEach(loaded -> drain(versions, loaded));
    return objections.isEmpty()
        ? new Changed(Outcome.DONE, "")
        : refused(name, String.join("; ", objections));
  }

  /** Of a model whose directory is gone, what is not served is not told of any more. */
  private void forget(String name) {
    synchronized (byName) {
      Versions known = byName.get(name);
      if (known != null && known.isIdle()) {
        byName.remove(name);
        publish();
      }
    }
  }

  private Optional<VersionDirectory> next(Versions versions) {
    synchronized (byName) {
      return versions.next();
    }
  }

  /** One version, from its file to being served; empty, or why not. */
  private Optional<String> loadVersion(
      ModelDirectory model, Versions versions, VersionDirectory version) {
    String name = model.name();
    change(() -> versions.trying(version.version()));
    try {
      Optional<String> objection = examine(model, version);
      if (objection.isPresent()) {
        meters.refused();
      } else {
        change(() -> versions.loading(version.version()));
        long began = System.nanoTime();
        Model loaded = loader.load(version.directory(), name, version.version(), model.config());
        objection = whatChanged(name, version);
        if (objection.isEmpty()) {
          meters.load.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
          if (ready(versions, new Loaded(version.version(), version.stamp(), loaded))) {
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
      int limit = config.maxModels();
      if (othersBeside(model, version) >= limit) {
        return Optional.of("max-models: " + limit + " are served (expected: fewer)");
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
    for (Map.Entry<String, Served.Versioned> one : served.models().entrySet()) {
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
    change(() -> versions.refused(version.version(), reason));
    return Optional.of("version " + version.version() + ": " + reason);
  }

  /** False when the repository was closed meanwhile, and nobody would close this. */
  private boolean ready(Versions versions, Loaded loaded) {
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

  private Future<Changed> makeUnload(String name) {
    List<Loaded> ended;
    Versions versions;
    synchronized (byName) {
      versions = byName.get(name);
      if (versions == null) {
        return Future.succeededFuture(
            new Changed(Outcome.ABSENT, name + ": not in the repository"));
      }
      ended = versions.unload();
      publish();
    }
    Versions unloaded = versions;
    return Future.join(ended.stream().map(loaded -> drain(unloaded, loaded)).toList())
        .map(new Changed(Outcome.DONE, ""));
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

  private void change(Runnable transition) {
    synchronized (byName) {
      transition.run();
      publish();
    }
  }

  private Changed refused(String name, String reason) {
    log.warn("Model {}: {}", name, reason);
    return new Changed(Outcome.REFUSED, reason);
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

  @Override
  public void close() {
    closed = true;
    listeners.clear();
    workers.shutdownNow();
    trial.close();
    List<Future<Void>> closing = new ArrayList<>();
    synchronized (byName) {
      byName
          .values()
          .forEach(
              versions -> versions.unload().forEach(loaded -> closing.add(loaded.model().close())));
      publish();
    }
    try {
      Future.join(closing).await(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn("Models were not closed within {} s", CLOSE.toSeconds());
    } catch (RuntimeException e) {
      log.warn("Models did not close cleanly", e);
    }
  }
}
