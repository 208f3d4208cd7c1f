package dev.starling.inference;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.PieceBudget;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.inference.engine.Engine;
import dev.starling.inference.engine.Model;
import dev.starling.inference.repository.ModelLoader;
import dev.starling.inference.repository.ModelRepository;
import dev.starling.inference.repository.Served;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Spans;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the models of its node, each as a service of its own, and loads and unloads them when it
 * is told to.
 *
 * <p>Every instance serves every model; the models are the node's. An instance is ready when the
 * node's models are, but waits for them only so long: what takes longer is offered when it is
 * there.
 */
public final class InferenceVerticle extends ServiceVerticle {
  static final String SECTION = "inference";

  private static final Logger log = LoggerFactory.getLogger(InferenceVerticle.class);

  /** Of telling what is served, for nodes that have not heard of the last change. */
  private static final Duration TELL = Duration.ofSeconds(3);

  /** A call meets a version that was just replaced once, or twice when changes are many. */
  private static final int ATTEMPTS = 4;

  /** An event must fit on the bus; what is not served is left out first. */
  private static final int MAX_RECORDS = 500;

  private final Function<NodeScope, ModelLoader> engine;
  private final List<Long> timers = new ArrayList<>();
  private final Runnable listener = () -> context.runOnContext(now -> follow());
  private @Nullable ModelRepository repository;
  private @Nullable Offers offers;
  private @Nullable AtomicLong told;

  public InferenceVerticle() {
    this(InferenceVerticle::engine);
  }

  /**
   * @param engine what loads models on a node; asked once for each, on a thread that may block
   */
  InferenceVerticle(Function<NodeScope, ModelLoader> engine) {
    this.engine = engine;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, InferenceConfig.defaults());
  }

  @Override
  protected Future<?> open() {
    InferenceConfig config = node().config(SECTION, InferenceConfig.defaults());
    return node()
        .once("inference:repository", () -> prepare(config))
        .compose(
            opened -> {
              repository = opened;
              told = node().shared("inference:told", AtomicLong::new);
              offers =
                  new Offers(
                      () -> opened.served().models().keySet(),
                      model -> offer(model, config.maxRequestBytes()));
              opened.onChange(listener);
              Turns tellers = turns("inference:tell", TELL);
              every(TELL, tellers, () -> tell(opened.served()));
              if (!config.watch().isZero()) {
                every(
                    config.watch(),
                    turns("inference:watch", config.watch()),
                    () ->
                        opened
                            .loadChanged()
                            .onFailure(e -> log.warn("Models could not be looked for", e)));
              }
              return Future.all(
                  serve(
                      ModelContract.load(node().nodeId()),
                      (load, call) -> offered(opened.load(load.model()))),
                  serve(
                      ModelContract.unload(node().nodeId()),
                      (unload, call) -> offered(opened.unload(unload.model()))),
                  serve(
                      ModelContract.models(node().nodeId()),
                      (ask, call) -> Future.succeededFuture(models(opened.served()))),
                  loaded(opened, config));
            })
        .compose(ready -> follow());
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    ModelRepository open = repository;
    if (open != null) {
      open.removeListener(listener);
    }
    // What was told before and is still queued finds nothing to do.
    offers = null;
    return Future.succeededFuture();
  }

  /** Made before the repository, so it is closed after it. */
  private static ModelLoader engine(NodeScope node) {
    Engine engine =
        node.shared(
            "inference:engine",
            () ->
                new Engine(
                    node.dataDirectory().resolve("native"),
                    node.meters(),
                    Spans.of(node),
                    System::nanoTime));
    return engine::load;
  }

  private Future<ModelRepository> prepare(InferenceConfig config) {
    NodeScope node = node();
    return vertx.executeBlocking(
        () -> {
          ModelLoader loader = engine.apply(node);
          for (String directory : config.repositories()) {
            if (!Files.isReadable(Path.of(directory)) || !Files.isDirectory(Path.of(directory))) {
              throw new ConfigException(
                  "inference.repositories: " + directory + " (expected: a readable directory)");
            }
          }
          return node.shared(
              "inference:models",
              () -> {
                try {
                  return ModelRepository.open(config, node.dataDirectory(), loader, node.meters());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
        },
        false);
  }

  /** Completes when the models are there, or when it is time to be ready without them. */
  private Future<Void> loaded(ModelRepository opened, InferenceConfig config) {
    return here(node().once("inference:loaded", opened::loadAll))
        .timeout(Math.max(1, config.startWait().toMillis()), TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              if (failure instanceof TimeoutException) {
                log.info(
                    "Ready after {} s, while models are still being loaded",
                    config.startWait().toSeconds());
              } else {
                log.error("Models could not be loaded", failure);
              }
              return Future.succeededFuture();
            });
  }

  /** Who is told that a model serves must find it on the bus. */
  private Future<Changed> offered(Future<Changed> change) {
    return here(change).compose(changed -> follow().map(changed));
  }

  /** Serves a model in single messages and in pieces. */
  private Future<Bus.Registration> offer(String model, int maxRequestBytes) {
    Bus.Responder<Infer, Inference> responder = (request, call) -> infer(model, request, call);
    LargeCalls large =
        new LargeCalls(
            responder,
            node().shared("inference:large-requests", PieceBudget::ofHeap),
            maxRequestBytes);
    return offer(InferenceContract.inferLarge(model), large)
        .compose(
            inPieces ->
                offer(InferenceContract.infer(model), responder)
                    .map(whole -> () -> Future.join(whole.close(), inPieces.close()).mapEmpty()));
  }

  private Future<Inference> infer(String model, Infer request, CallContext call) {
    return here(infer(model, request, call, ATTEMPTS));
  }

  /** On whatever thread: a version that was replaced meanwhile has a successor, so it is asked. */
  private Future<Inference> infer(String name, Infer request, CallContext call, int attempts) {
    Served served = repository().served();
    Optional<Model> model = served.find(name, request.version());
    if (model.isEmpty()) {
      return Future.succeededFuture(new Refused(Reason.NOT_HERE, absence(name, request, served)));
    }
    return model
        .get()
        .infer(request, call)
        .compose(
            reply ->
                reply instanceof Refused refused
                        && refused.reason() == Reason.NOT_HERE
                        && attempts > 1
                    ? infer(name, request, call, attempts - 1)
                    : Future.succeededFuture(reply));
  }

  private String absence(String name, Infer request, Served served) {
    Served.Versioned model = served.models().get(name);
    return model == null
        ? name + ": not served by " + node().nodeId()
        : name
            + ": version "
            + request.version()
            + " (expected one of: "
            + String.join(", ", model.versions().keySet().stream().sorted().toList())
            + ")";
  }

  /** On this instance's context: the repository has changed. */
  private Future<Void> follow() {
    Offers own = offers;
    if (own == null) {
      return Future.succeededFuture();
    }
    Served now = repository().served();
    AtomicLong last = told;
    // All instances hear of it and one of them tells; none tells of an older one after it.
    if (last != null && last.getAndAccumulate(now.revision(), Math::max) < now.revision()) {
      tell(now);
    }
    return own.follow();
  }

  private void tell(Served served) {
    bus().publish(ModelContract.MODELS, models(served));
  }

  private NodeModels models(Served served) {
    List<ModelContract.ModelRecord> records = served.records();
    if (records.size() > MAX_RECORDS) {
      records =
          records.stream()
              .filter(record -> record.state() == ModelContract.State.READY)
              .limit(MAX_RECORDS)
              .toList();
    }
    return new NodeModels(node().nodeId(), records);
  }

  private void every(Duration interval, Turns turns, Runnable work) {
    timers.add(
        vertx.setPeriodic(
            interval.toMillis(),
            tick -> {
              if (turns.take(System.nanoTime())) {
                work.run();
              }
            }));
  }

  private Turns turns(String name, Duration interval) {
    return node().shared(name, () -> new Turns(interval, System.nanoTime()));
  }

  /** The same outcome, on this instance's context. */
  private <T> Future<T> here(Future<T> elsewhere) {
    Promise<T> here = Promise.promise();
    elsewhere.onComplete(
        result ->
            context.runOnContext(
                now -> {
                  if (result.succeeded()) {
                    here.complete(result.result());
                  } else {
                    here.fail(result.cause());
                  }
                }));
    return here.future();
  }

  private ModelRepository repository() {
    if (repository == null) {
      throw new IllegalStateException("not open");
    }
    return repository;
  }
}
