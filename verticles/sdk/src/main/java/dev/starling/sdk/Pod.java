package dev.starling.sdk;

import dev.starling.bus.BusNode;
import dev.starling.bus.ContextBus;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verticles that live on one context, so that calls among them stay on one event loop.
 *
 * <p>They remain separate verticles that talk only over the bus; being neighbours saves a thread
 * switch a hop and nothing else. Vert.x calls both methods on the pod's context.
 */
public final class Pod implements Deployable {
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
      chain = Hop.to(context, chain).eventually(() -> stop(verticle, context));
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

  private static Future<?> stop(ServiceVerticle verticle, Context context) {
    try {
      return verticle.undeploy(context);
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
