package dev.starling.bus;

import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A call that has not ended: what is needed to answer its caller, or to send it again. */
final class PendingCall<Q, R> {
  final Address<Q, R> address;
  final Q request;
  final CallContext context;
  final Promise<R> promise;
  final long startNanos;
  Target target;

  /** Where it goes next; null unless it is being moved. */
  @Nullable Target next;

  /** How often it was sent. */
  int attempts;

  /** True once it was moved off a node that had it. */
  boolean mayHaveRun;

  PendingCall(
      Address<Q, R> address,
      Q request,
      CallContext context,
      Promise<R> promise,
      long startNanos,
      Target target) {
    this.address = address;
    this.request = request;
    this.context = context;
    this.promise = promise;
    this.startNanos = startNanos;
    this.target = target;
  }

  @SuppressWarnings("unchecked") // on a local hop the payload is what the responder returned
  R reply(Object payload) {
    return payload instanceof EncodedPayload encoded
        ? address.reply().fromBytes(encoded.bytes())
        : (R) payload;
  }
}
