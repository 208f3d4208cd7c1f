package dev.starling.inference.repository;

import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.inference.InferenceConfig;
import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
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
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Two models may be loaded at once; trials are one at a time anyway. */
  private static final int WORKERS = 2;

  private static final int MAX_WAITING = 256;

  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final Directories directories;
  private final Path own;
  private final ShippedModels shipped;
  private final Trial trial;
  private final KnownVersions known;
  private final VersionLoading loading;
  private final ThreadPoolExecutor workers;
  private final Changes changes;
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
    this.own = own;
    this.shipped = shipped;
    List<Path> roots = new ArrayList<>();
    roots.add(own);
    config.repositories().forEach(root -> roots.add(Path.of(root)));
    this.directories = new Directories(roots, cores);
    this.trial = trial;
    RepositoryMeters counted = new RepositoryMeters(meters);
    this.known = new KnownVersions(counted);
    this.loading =
        new VersionLoading(
            config.maxModels(),
            directories,
            new Examination(Limits.of(config.maxFileBytes()), shipped, trial),
            loader,
            known,
            counted);
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
    return known.served();
  }

  /** Calls a listener after each change, on whatever thread has made it; it must be quick. */
  public void onChange(Runnable listener) {
    known.onChange(listener);
  }

  public void removeListener(Runnable listener) {
    known.removeListener(listener);
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
      if (directories.look(name) instanceof Look.Present present && known.isNews(present.model())) {
        changed.add(name);
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
      known.forget(name);
      return new Changed(
          Outcome.ABSENT, name + ": not in the repository (expected: " + name + "/1/model.onnx)");
    }
    ModelDirectory model = present.model();
    Versions versions = known.look(model);
    List<String> objections = new ArrayList<>();
    for (Optional<VersionDirectory> next = known.next(versions);
        next.isPresent() && !closed;
        next = known.next(versions)) {
      loading.load(model, versions, next.get()).ifPresent(objections::add);
    }
    known.settle(versions);
    return objections.isEmpty()
        ? new Changed(Outcome.DONE, "")
        : refused(name, String.join("; ", objections));
  }

  private Future<Changed> makeUnload(String name) {
    return known
        .unload(name)
        .map(drained -> drained.map(new Changed(Outcome.DONE, "")))
        .orElseGet(
            () ->
                Future.succeededFuture(
                    new Changed(Outcome.ABSENT, name + ": not in the repository")));
  }

  private Changed refused(String name, String reason) {
    log.warn("Model {}: {}", name, reason);
    return new Changed(Outcome.REFUSED, reason);
  }

  @Override
  public void close() {
    closed = true;
    workers.shutdownNow();
    trial.close();
    try {
      known.close().await(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn("Models were not closed within {} s", CLOSE.toSeconds());
    } catch (RuntimeException e) {
      log.warn("Models did not close cleanly", e);
    }
  }
}
