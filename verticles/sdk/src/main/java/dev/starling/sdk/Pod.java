package dev.starling.sdk;

import dev.starling.bus.BusNode;
import dev.starling.bus.ContextBus;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verticles that live on one context, so that calls among them stay on one event loop.
 *
 * <p>They remain separate verticles that talk only over the bus; being neighbours saves a thread
 * switch a hop and nothing else. Vert.x calls both methods on the pod's context.
 */
public final class Pod implements Deployable {
  private static final Logger log = LoggerFactory.getLogger(Pod.class);

  /** How long an instance that stops may take to answer what it has; most calls may take less. */
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private final NodeScope node;
  private final BusNode busNode;
  private final List<? extends ServiceVerticle> verticles;
  private final List<ServiceVerticle> started = new ArrayList<>();
  private @Nullable ContextBus bus;

  public Pod(NodeScope node, BusNode busNode, List<? extends ServiceVerticle> verticles) {
    this.node = node;
    this.busNode = busNode;
    this.verticles = List.copyOf(verticles);
  }

  /** Starts the verticles in order, each when the one before it is ready. */
  @Override
  public Future<?> deploy(Context context) {
    ContextBus joined = busNode.join(context);
    bus = joined;
    Future<?> chain = Future.succeededFuture();
    for (ServiceVerticle verticle : verticles) {
      chain = Hop.to(context, chain).compose(before -> start(verticle, joined, context));
    }
    return Hop.to(context, chain)
        .recover(failure -> undeploy(context).transform(undone -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> undeploy(Context context) {
    List<ServiceVerticle> stopping = new ArrayList<>(started);
    started.clear();
    Collections.reverse(stopping);
    Future<?> chain = Future.succeededFuture();
    for (ServiceVerticle verticle : stopping) {
      chain = Hop.to(context, chain).compose(before -> stop(verticle, context));
    }
    ContextBus joined = bus;
    return joined == null ? chain : Hop.to(context, chain).eventually(joined::close);
  }

  private Future<?> start(ServiceVerticle verticle, ContextBus joined, Context context) {
    verticle.attach(node, joined);
    started.add(verticle);
    try {
      return verticle.deploy(context);
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }

  /** One that does not stop cleanly keeps no other from being stopped. */
  private Future<?> stop(ServiceVerticle verticle, Context context) {
    return retire(verticle, context)
        .transform(
            retired -> {
              try {
                return verticle.undeploy(context);
              } catch (Exception e) {
                return Future.failedFuture(e);
              }
            })
        .onFailure(failure -> log.warn("{} did not stop cleanly", verticle.name(), failure))
        .otherwiseEmpty();
  }

  /** No new calls first; those that it has are answered while everything is still there. */
  private Future<?> retire(ServiceVerticle verticle, Context context) {
    ContextBus joined = bus;
    return joined == null
        ? Future.succeededFuture()
        : Hop.to(
            context,
            joined
                .retire(verticle.served())
                .timeout(SETTLE.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(
                    late ->
                        log.warn(
                            "{} has calls that it did not answer within {} s",
                            verticle.name(),
                            SETTLE.toSeconds())));
  }
}
