package dev.starling.auth;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.Opened;
import dev.starling.bus.StreamAddress;
import dev.starling.bus.Topic;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** The bus of a test node's own caller, for cores that a test runs itself. */
record CallerBus(TestNode node) implements Bus {
  @Override
  public <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext context) {
    return node.onCaller(bus -> bus.call(address, request, context));
  }

  @Override
  public <Q, R> Future<Registration> serve(Address<Q, R> address, Responder<Q, R> responder) {
    return node.onCaller(bus -> bus.serve(address, responder));
  }

  @Override
  public <Q, A, I, O> Future<Opened<A, I, O>> open(
      StreamAddress<Q, A, I, O> address, Q request, CallContext context) {
    return node.onCaller(bus -> bus.open(address, request, context));
  }

  @Override
  public <Q, A, I, O> Future<Registration> serve(
      StreamAddress<Q, A, I, O> address, StreamResponder<Q, A, I, O> responder) {
    return node.onCaller(bus -> bus.serve(address, responder));
  }

  @Override
  public <E> void publish(Topic<E> topic, E event) {
    TestNode.await(
        node.onCaller(
            bus -> {
              bus.publish(topic, event);
              return Future.succeededFuture();
            }));
  }

  @Override
  public <E> Future<Registration> subscribe(Topic<E> topic, Consumer<E> subscriber) {
    return node.onCaller(bus -> bus.subscribe(topic, subscriber));
  }
}
