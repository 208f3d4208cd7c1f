package dev.starling.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream contract as one context serves it, and the streams it has. Confined to that context.
 */
final class ServedStreams<Q, A, I, O> {
  private final ContextStreams streams;
  private final StreamAddress<Q, A, I, O> address;
  private final Bus.StreamResponder<Q, A, I, O> responder;
  private int open;
  private @Nullable Promise<Void> drained;

  ServedStreams(
      ContextStreams streams,
      StreamAddress<Q, A, I, O> address,
      Bus.StreamResponder<Q, A, I, O> responder) {
    this.streams = streams;
    this.address = address;
    this.responder = responder;
  }

  StreamAddress<Q, A, I, O> address() {
    return address;
  }

  boolean isClosing() {
    return drained != null;
  }

  Future<OpenReply<A>> respond(OpenRequest<Q> request, CallContext context) {
    Promise<OpenReply<A>> reply = Promise.promise();
    Objects.requireNonNull(
            responder.open(request.request(), context), "the responder gave no future")
        .onComplete(
            (opening, failure) ->
                // On this context, and when whoever sends the reply waits for it.
                streams
                    .context()
                    .runOnContext(
                        now -> {
                          if (opening instanceof Opening.Accept<A, I, O> accept) {
                            streams.accept(this, request, accept, reply);
                          } else if (opening != null) {
                            reply.complete(new OpenReply<>(null, opening.answer()));
                          } else {
                            reply.fail(
                                failure == null
                                    ? new NullPointerException("the opening is null")
                                    : failure);
                          }
                        }));
    return reply.future();
  }

  /** Tells every stream to end, and ends those that do not in time. */
  Future<Void> drain() {
    Promise<Void> running = drained;
    if (running != null) {
      return running.future();
    }
    Promise<Void> promise = Promise.promise();
    drained = promise;
    streams.streams(this).forEach(BusStream::drain);
    if (open == 0) {
      promise.tryComplete();
    } else {
      streams
          .context()
          .owner()
          .timer(streams.options().drainGrace().toMillis(), TimeUnit.MILLISECONDS)
          .onSuccess(
              late ->
                  streams
                      .streams(this)
                      .forEach(
                          stream -> stream.reset(ErrorCode.UNAVAILABLE, address + " has stopped")));
    }
    return promise.future();
  }

  void opened() {
    open++;
  }

  void closed() {
    open--;
    Promise<Void> waiting = drained;
    if (open == 0 && waiting != null) {
      waiting.tryComplete();
    }
  }
}
