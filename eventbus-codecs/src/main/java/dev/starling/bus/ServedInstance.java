package dev.starling.bus;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One service on one context: takes its requests from the event bus, drops the expired ones, and
 * sends each answer back. Confined to that context.
 */
final class ServedInstance {
  private record Served<Q, R>(Address<Q, R> address, Bus.Responder<Q, R> responder) {}

  private final BusNode node;
  private final String service;
  private final int instance;
  private final Map<String, Served<?, ?>> byOperation = new HashMap<>();
  private @Nullable MessageConsumer<Frame> consumer;

  ServedInstance(BusNode node, String service, int instance) {
    this.node = node;
    this.service = service;
    this.instance = instance;
  }

  boolean isEmpty() {
    return byOperation.isEmpty();
  }

  <Q, R> Future<Void> add(Address<Q, R> address, Bus.Responder<Q, R> responder) {
    if (byOperation.putIfAbsent(address.operation(), new Served<>(address, responder)) != null) {
      return Future.failedFuture(
          new IllegalStateException(address + " is served on this context already"));
    }
    if (consumer != null) {
      return consumer.completion();
    }
    MessageConsumer<Frame> registered =
        node.eventBus().localConsumer(BusAddresses.instance(service, instance), this::received);
    consumer = registered;
    return registered.completion().onSuccess(done -> node.localInstances().add(service, instance));
  }

  Future<Void> remove(Address<?, ?> address) {
    byOperation.remove(address.operation());
    return byOperation.isEmpty() ? close() : Future.succeededFuture();
  }

  /** No new calls first, then no messages. */
  Future<Void> close() {
    byOperation.clear();
    node.localInstances().remove(service, instance);
    MessageConsumer<Frame> registered = consumer;
    consumer = null;
    return registered == null ? Future.succeededFuture() : registered.unregister();
  }

  private void received(Message<Frame> message) {
    if (!(message.body() instanceof Frame.Request request)) {
      return;
    }
    Served<?, ?> operation = byOperation.get(request.operation());
    if (operation == null) {
      fail(
          request,
          new BusException(
              ErrorCode.UNAVAILABLE, service + " has no operation " + request.operation()));
    } else if (request.context().isExpired(System.nanoTime())) {
      node.observer().requestExpired(service);
      fail(request, new BusException(ErrorCode.EXPIRED, "the deadline passed on the way"));
    } else {
      respond(operation, request);
    }
  }

  @SuppressWarnings("unchecked") // on a local hop the payload is what the caller's address took
  private <Q, R> void respond(Served<Q, R> operation, Frame.Request request) {
    Future<R> answer;
    try {
      Q body =
          request.payload() instanceof EncodedPayload encoded
              ? operation.address().request().fromBytes(encoded.bytes())
              : (Q) request.payload();
      answer = operation.responder().respond(body, request.context());
    } catch (MalformedFrameException e) {
      fail(request, new BusException(ErrorCode.INVALID_ARGUMENT, e.getMessage()));
      return;
    } catch (RuntimeException | Error bug) {
      fail(request, ContextBus.unexpected(request, bug));
      return;
    }
    Codec<R> codec = operation.address().reply();
    answer.onComplete(
        result -> {
          if (result.succeeded()) {
            succeed(request, codec, result.result());
          } else {
            fail(request, ContextBus.failureOf(request, result));
          }
        });
  }

  private <R> void succeed(Frame.Request request, Codec<R> codec, R value) {
    Object payload = value;
    if (!request.callerNode().equals(node.nodeId())) {
      byte[] bytes = codec.toBytes(value);
      String tooLarge = BusNode.tooLarge(bytes.length, node.options().maxBodyBytes());
      if (tooLarge != null) {
        fail(request, new BusException(ErrorCode.INTERNAL, "reply " + tooLarge));
        return;
      }
      payload = new EncodedPayload(bytes);
    }
    node.reply(
        request, new Frame.Reply(request.callerInstance(), request.correlation(), null, payload));
  }

  private void fail(Frame.Request request, BusException failure) {
    node.reply(
        request, new Frame.Reply(request.callerInstance(), request.correlation(), failure, null));
  }
}
