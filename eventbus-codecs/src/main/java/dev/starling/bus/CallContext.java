package dev.starling.bus;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What travels with each call: until when it matters, which trace and principal it belongs to, and
 * what may be done with it.
 *
 * @param deadlineNanos when the call stops to matter, on this JVM's {@link System#nanoTime()}; on
 *     the wire it is the remaining time, since clocks of two nodes are not compared
 * @param trace the trace it belongs to
 * @param principal who it is made for
 * @param priority its rank when not all calls can be served
 * @param safeToRetry true when doing the work twice is the same as doing it once
 * @param cancellation says when nobody waits for it any more; null when that is never said
 */
public record CallContext(
    long deadlineNanos,
    TraceContext trace,
    Principal principal,
    Priority priority,
    boolean safeToRetry,
    @Nullable Cancellation cancellation) {

  /** A call that is not given up before its deadline. */
  public CallContext(
      long deadlineNanos,
      TraceContext trace,
      Principal principal,
      Priority priority,
      boolean safeToRetry) {
    this(deadlineNanos, trace, principal, priority, safeToRetry, null);
  }

  public static CallContext expiringAt(long deadlineNanos, TraceContext trace) {
    return new CallContext(deadlineNanos, trace, Principal.ANONYMOUS, Priority.NORMAL, true);
  }

  public CallContext withPrincipal(Principal newPrincipal) {
    return new CallContext(deadlineNanos, trace, newPrincipal, priority, safeToRetry, cancellation);
  }

  public CallContext withPriority(Priority newPriority) {
    return new CallContext(deadlineNanos, trace, principal, newPriority, safeToRetry, cancellation);
  }

  public CallContext withSafeToRetry(boolean newSafeToRetry) {
    return new CallContext(deadlineNanos, trace, principal, priority, newSafeToRetry, cancellation);
  }

  public CallContext withDeadline(long newDeadlineNanos) {
    return new CallContext(newDeadlineNanos, trace, principal, priority, safeToRetry, cancellation);
  }

  /** Whoever cancels this gives the call up, and those that are made in its course. */
  public CallContext withCancellation(@Nullable Cancellation newCancellation) {
    return new CallContext(deadlineNanos, trace, principal, priority, safeToRetry, newCancellation);
  }

  public long remainingNanos(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  /** The time left, zero when there is none. */
  public Duration remaining(long nowNanos) {
    return Duration.ofNanos(Math.max(0, remainingNanos(nowNanos)));
  }

  public boolean isExpired(long nowNanos) {
    return remainingNanos(nowNanos) <= 0;
  }
}
