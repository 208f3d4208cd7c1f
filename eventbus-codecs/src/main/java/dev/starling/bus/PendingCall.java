package dev.starling.bus;

import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A call that has not ended: what is needed to answer its caller, or to send it again.
 *
 * <p>A hedged call is two of these for one caller, each the other's twin. The first answer is the
 * caller's; the other attempt stays in flight until it is answered too or its deadline has passed,
 * because that is what its target is judged by.
 */
final class PendingCall<Q, R> {
  static final long NEVER = Long.MAX_VALUE;

  final Address<Q, R> address;
  final Q request;
  final CallContext context;
  final Promise<R> promise;
  final long startNanos;

  /** Whether it may be at two nodes at once. */
  final boolean hedgeable;

  Target target;

  /** Where it goes next; null unless it is being moved. */
  @Nullable Target next;

  /** How often it was sent. */
  int attempts;

  /** True once it was moved off a node that had it. */
  boolean mayHaveRun;

  /** When it was sent to its present target. */
  long sentNanos;

  /** When it is sent to a second node as well; {@link #NEVER} when it is not. */
  long hedgeNanos = NEVER;

  /** The other attempt, while either may still be the one that answers. */
  @Nullable PendingCall<Q, R> twin;

  /** True when the twin has answered the caller. */
  boolean settled;

  PendingCall(
      Address<Q, R> address,
      Q request,
      CallContext context,
      Promise<R> promise,
      long startNanos,
      Target target,
      boolean hedgeable) {
    this.address = address;
    this.request = request;
    this.context = context;
    this.promise = promise;
    this.startNanos = startNanos;
    this.target = target;
    this.hedgeable = hedgeable;
  }

  /** The same call on its way to a second node. */
  PendingCall<Q, R> hedge(Target second) {
    PendingCall<Q, R> other =
        new PendingCall<>(address, request, context, promise, startNanos, second, false);
    other.attempts = attempts;
    other.mayHaveRun = true;
    other.twin = this;
    twin = other;
    return other;
  }

  /** True when the caller's answer is the twin's affair: it has answered, or may yet. */
  boolean leaveToTwin() {
    PendingCall<Q, R> other = twin;
    if (other == null) {
      return settled;
    }
    twin = null;
    other.twin = null;
    other.mayHaveRun = true;
    return true;
  }

  /** This attempt has the answer; the twin's will be for nobody. */
  void settleTwin() {
    PendingCall<Q, R> other = twin;
    if (other != null) {
      twin = null;
      other.twin = null;
      other.settled = true;
    }
  }

  @SuppressWarnings("unchecked") // on a local hop the payload is what the responder returned
  @Nullable R reply(@Nullable Object payload) {
    return payload instanceof EncodedPayload encoded
        ? address.reply().fromBytes(encoded.bytes())
        : (R) payload;
  }
}
