package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.Ending;
import dev.starling.policy.degradation.Lowering;
import dev.starling.policy.match.Caller;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the traffic policy makes of a request: what it is worth, how long it may take, which place
 * it holds. Confined to its event loop.
 */
abstract class Governed extends Incoming {
  private static final Runnable NOTHING = () -> {};

  private @Nullable RouteRules rules;
  private Principal principal = Principal.ANONYMOUS;
  private Caller caller = Caller.UNKNOWN;
  private Priority priority = Priority.NORMAL;
  private int yieldsRanks;
  private long askedNanos;
  private long allowedNanos;
  private long deadlineNanos;
  private @Nullable ConcurrencyLimiter place;
  private Ending ending = Ending.UNKNOWN;
  private long callNanos;
  private long tookNanos;
  private boolean refused;
  private Runnable onEnd = NOTHING;

  Governed(EdgeLoop loop, HttpServerRequest request, Connection connection, long startNanos) {
    super(loop, request, connection, startNanos);
  }

  /**
   * Takes the rules of its route.
   *
   * @param asked how long the client waits, in milliseconds; {@link RequestTimeout#NONE} when it
   *     did not say
   */
  final void govern(RouteRules newRules, long asked) {
    rules = newRules;
    newRules.traffic().arrived();
    askedNanos = TimeUnit.MILLISECONDS.toNanos(asked);
    yieldsRanks = Urgency.ranks(header(Names.PRIORITY));
    caller = newRules.caller(Principal.ANONYMOUS, clientAddress());
    priority =
        Lowering.lower(
            newRules.isSettledAtOnce() ? newRules.priority(caller) : newRules.bestPriority(),
            yieldsRanks);
    limitTime(newRules);
  }

  /** Learns who calls; rules that look at it hold from here on. */
  final void principal(Principal verified) {
    principal = verified;
  }

  /** What the rules make of the principal. */
  final void identified() {
    RouteRules known = rules();
    caller = known.caller(principal, clientAddress());
    priority = Lowering.lower(known.priority(caller), yieldsRanks);
    limitTime(known);
  }

  private void limitTime(RouteRules known) {
    boolean clientSays = askedNanos != Long.MAX_VALUE;
    allowedNanos = TimeUnit.MILLISECONDS.toNanos(known.allowedMillis(caller, clientSays));
    deadlineNanos = startNanos() + Math.min(allowedNanos, askedNanos);
  }

  /** The rules of its route; asked for only in the pipeline, where there is one. */
  final RouteRules rules() {
    RouteRules known = rules;
    if (known == null) {
      throw new IllegalStateException("the request has no route");
    }
    return known;
  }

  final Principal principal() {
    return principal;
  }

  /** Who calls, as far as rules care; unknown until {@link #identified}. */
  final Caller caller() {
    return caller;
  }

  final Priority priority() {
    return priority;
  }

  final long deadlineNanos() {
    return deadlineNanos;
  }

  /** The deadline of a step that may take only so long from now. */
  final long deadlineWithin(long nanos) {
    long step = System.nanoTime() + nanos;
    return step - deadlineNanos < 0 ? step : deadlineNanos;
  }

  /** The operation's time runs from here: how long the body took is not its affair. */
  final void bodyReceived() {
    long now = System.nanoTime();
    deadlineNanos = now + Math.min(allowedNanos, askedNanos - (now - startNanos()));
  }

  /** Why the request is too late. */
  final PolicyRefusal late(ErrorCode code) {
    boolean client = askedNanos < allowedNanos;
    return PolicyRefusal.late(
        code,
        client ? "client" : rules().deadlineName(caller),
        TimeUnit.NANOSECONDS.toMillis(Math.min(askedNanos, allowedNanos)),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos()));
  }

  // Its place among the calls in flight of its class.

  /** The limiter that it has entered; null when its route is of no class. */
  final @Nullable ConcurrencyLimiter place() {
    return place;
  }

  /** Has entered a limiter, and none before; it leaves when it ends. */
  final void place(@Nullable ConcurrencyLimiter entered) {
    place = entered;
  }

  /** The service is called now. */
  final void operationBegins(long nowNanos) {
    callNanos = nowNanos;
  }

  /** Whether anybody wants to know how long the service takes. */
  final boolean isTimed() {
    return place != null;
  }

  /** The service has answered, or not. */
  final void operationEnded(CallResult result, long nowNanos) {
    if (place == null) {
      return;
    }
    tookNanos = nowNanos - callNanos;
    if (result instanceof CallResult.Replied) {
      ending = Ending.ANSWERED;
    } else if (result instanceof CallResult.Failed failed
        && failed.code() == ErrorCode.DEADLINE_EXCEEDED) {
      ending = Ending.TIMED_OUT;
    }
  }

  /** The policy refuses it, for another reason than that it is late. */
  final void refusedByPolicy() {
    refused = true;
  }

  /** Gives its place back; more than once does no harm. */
  final void leavePlace(long nowNanos) {
    ConcurrencyLimiter left = place;
    if (left != null) {
      place = null;
      left.leave(ending, tookNanos, nowNanos);
    }
  }

  /** Does something when the request is over, however it ends. */
  final void onEnd(Runnable action) {
    onEnd = action;
  }

  /** It is no request in flight any more, but a stream. */
  final void becomesStream() {
    leavePlace(System.nanoTime());
    rules().traffic().ended();
  }

  /**
   * It is over.
   *
   * @param status zero when it got no answer
   * @param streamed whether it became a stream
   */
  final void governedEnds(int status, boolean streamed, long nowNanos) {
    leavePlace(nowNanos);
    RouteRules known = rules;
    if (known != null && !streamed) {
      if (status == 0 || refused) {
        known.traffic().ended();
      } else {
        known.traffic().answered(status, nowNanos - startNanos());
      }
    }
    onEnd.run();
  }
}
