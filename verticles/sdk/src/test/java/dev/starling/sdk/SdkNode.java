package dev.starling.sdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Bus;
import dev.starling.bus.BusNode;
import dev.starling.bus.BusObserver;
import dev.starling.bus.BusOptions;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A node in the test's own process, for what the sdk itself promises; verticles have testkit's. */
final class SdkNode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Vertx vertx = Vertx.vertx();
  final LocalCatalog catalog = new LocalCatalog();
  final BusNode busNode =
      await(BusNode.start(vertx, "test", BusOptions.defaults(), BusObserver.NONE));
  final ObjectNode settings = Json.MAPPER.createObjectNode();
  final NodeScope scope =
      new NodeScope(
          "test",
          "a",
          Path.of("unused"),
          catalog,
          new SimpleMeterRegistry(),
          InstantSource.system(),
          settings);

  String deploy(ServiceVerticle... verticles) {
    return await(vertx.deployVerticle(new Pod(scope, busNode, List.of(verticles))));
  }

  void undeploy(String id) {
    await(vertx.undeploy(id));
  }

  List<String> announced() {
    return catalog.services().stream().map(service -> service.name()).toList();
  }

  /** Uses a bus on a context of its own. */
  <T> T call(Function<Bus, Future<T>> use) {
    Promise<T> done = Promise.promise();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(now -> use.apply(busNode.join(context)).onComplete(done));
    return await(done.future());
  }

  static CallContext caller() {
    return CallContext.expiringAt(
        System.nanoTime() + PATIENCE.toNanos(), TraceContext.start(new Random(1)));
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing happened within " + PATIENCE, e);
    }
  }

  @Override
  public void close() {
    try {
      await(vertx.close());
    } finally {
      scope.close();
    }
  }
}
