package dev.starling.bus;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One service on one context: takes its requests from the event bus, drops the expired ones, and
 * sends each answer back. Confined to that context.
 */
final class ServedInstance {
  /** One registration; not a record, because two of the same responder are not the same. */
  private static final class Served<Q, R> {
    final Address<Q, R> address;
    final Bus.Responder<Q, R> responder;

    Served(Address<Q, R> address, Bus.Responder<Q, R> responder) {
      this.address = address;
      this.responder = responder;
    }
  }

  private final BusNode node;
  private final Context context;
  private final String service;
  private final int instance;
  private final Map<String, Served<?, ?>> byOperation = new HashMap<>();

  private final OpenRequests open;
  private @Nullable MessageConsumer<Frame> consumer;
  private boolean listed;

  ServedInstance(BusNode node, Context context, String service, int instance) {
    this.node = node;
    this.context = context;
    this.service = service;
    this.instance = instance;
    this.open = new OpenRequests(node.vertx(), node.options().tick());
  }

  <Q, R> Future<Bus.Registration> add(Address<Q, R> address, Bus.Responder<Q, R> responder) {
    Served<Q, R> added = new Served<>(address, responder);
    if (byOperation.putIfAbsent(address.operation(), added) != null) {
      return Future.failedFuture(
          new IllegalStateException(address + " is served on this context already"));
    }
    MessageConsumer<Frame> registered = consumer;
    if (registered == null) {
      registered =
          node.eventBus().localConsumer(BusAddresses.instance(service, instance), this::received);
      consumer = registered;
    }
    return registered
        .completion()
        .onFailure(unreachable -> remove(added))
        .map(
            done -> {
              list();
              return () -> remove(added);
            });
  }

  /** Takes every address back. */
  Future<Void> close() {
    byOperation.clear();
    return leave();
  }

  /**
   * Gets no new calls from now on, but answers those that are on their way; completes when it has
   * nothing left to answer, or when nobody waits for what is left.
   */
  Future<Void> retire() {
    delist();
    Promise<Void> retired = Promise.promise();
    // What was sent before waits in the context's queue.
    context.runOnContext(queued -> open.whenAnswered().onComplete(retired));
    return retired.future();
  }

  /** The requests that it has not answered. Callable from any thread. */
  int answering() {
    return open.count();
  }

  private Future<Void> remove(Served<?, ?> removed) {
    String operation = removed.address.operation();
    if (byOperation.get(operation) != removed) {
      return Future.succeededFuture();
    }
    byOperation.remove(operation);
    return byOperation.isEmpty() ? leave() : Future.succeededFuture();
  }

  private void list() {
    // The registration may have been taken back before it was complete.
    if (!listed && !byOperation.isEmpty()) {
      listed = true;
      node.listed(this);
      node.localInstances().add(service, instance);
    }
  }

  private void delist() {
    if (listed) {
      listed = false;
      node.localInstances().remove(service, instance);
    }
  }

  /**
   * No new calls first, then no messages. The requests that wait in the context's queue are still
   * answered, with {@code UNAVAILABLE}: a consumer that is gone would drop them, and their callers
   * would sit out their deadlines.
   */
  private Future<Void> leave() {
    delist();
    Promise<Void> left = Promise.promise();
    context.runOnContext(
        queued -> {
          MessageConsumer<Frame> registered = consumer;
          if (registered == null || !byOperation.isEmpty()) {
            left.complete();
          } else {
            consumer = null;
            node.unlisted(this);
            registered.unregister().onComplete(left);
          }
        });
    return left.future();
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
    Q body;
    try {
      if (request.payload() instanceof EncodedPayload encoded) {
        node.observer().requestReceived(service);
        body = operation.address.request().fromBytes(encoded.bytes());
      } else {
        body = (Q) request.payload();
      }
    } catch (MalformedFrameException e) {
      fail(request, new BusException(ErrorCode.INVALID_ARGUMENT, e.getMessage()));
      return;
    }
    Future<R> answer;
    try {
      answer =
          Objects.requireNonNull(
              operation.responder.respond(body, request.context()), "the responder gave no future");
    } catch (RuntimeException | Error bug) {
      fail(request, ContextBus.unexpected(request, bug));
      return;
    }
    Codec<R> codec = operation.address.reply();
    open.began(request.context().deadlineNanos());
    answer.onComplete(
        result -> {
          try {
            if (result.succeeded()) {
              succeed(request, codec, result.result());
            } else {
              fail(request, ContextBus.failureOf(request, result));
            }
          } finally {
            open.ended();
          }
        });
  }

  private <R> void succeed(Frame.Request request, Codec<R> codec, R value) {
    if (value == null) {
      fail(request, ContextBus.unexpected(request, new NullPointerException("the reply is null")));
      return;
    }
    Object payload = value;
    if (!request.callerNode().equals(node.nodeId())) {
      byte[] bytes;
      try {
        bytes = codec.toBytes(value);
      } catch (RuntimeException bug) {
        fail(request, ContextBus.unexpected(request, bug));
        return;
      }
      String tooLarge = BusNode.tooLarge(bytes.length, node.options().maxBodyBytes());
      if (tooLarge != null) {
        fail(request, new BusException(ErrorCode.REPLY_TOO_LARGE, "reply " + tooLarge));
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
