package dev.starling.cluster;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * The instances of one verticle that has a number of them, each in a pod of its own.
 *
 * <p>Threading: one change at a time, which its caller sees to; {@link #count} is read by any
 * thread.
 */
final class OwnPods {
  private final Vertx vertx;
  private final Supplier<Deployable> create;
  private final Deque<String> deployed = new ArrayDeque<>();
  private volatile int count;

  OwnPods(Vertx vertx, Supplier<Deployable> create) {
    this.vertx = vertx;
    this.create = create;
  }

  int count() {
    return count;
  }

  /**
   * Starts or stops as many as are missing or too many; the youngest go first. Completes when those
   * that go have answered what they had.
   */
  Future<Void> resize(int wanted) {
    if (count < wanted) {
      return grow().compose(grown -> resize(wanted));
    }
    List<Future<Void>> leaving = new ArrayList<>();
    while (deployed.size() > wanted) {
      leaving.add(vertx.undeploy(deployed.pop()));
    }
    count = deployed.size();
    return Future.join(leaving).mapEmpty();
  }

  /** One after the other, so that one that cannot start leaves those before it. */
  private Future<Void> grow() {
    return vertx
        .deployVerticle(create.get())
        .onSuccess(
            id -> {
              deployed.push(id);
              count = deployed.size();
            })
        .mapEmpty();
  }
}
