package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.bulkhead.Entry;
import dev.starling.policy.bulkhead.Waiter;
import dev.starling.policy.bulkhead.Waiting;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call through the bulkheads of its route, then the breaker of its service, and out
 * again: whatever happens, each bulkhead that was entered is left once.
 *
 * <p>Threading: confined to the event loop of its exchange. A place in a bulkhead may become free
 * on another one, so the two methods of {@link Waiter} only hop back.
 */
final class Passage implements Waiter {
  private static final long NO_TIMER = -1;

  private final Exchange exchange;
  private final Traveller traveller;
  private List<Bulkhead> bulkheads;
  private int inside;
  private @Nullable Waiting waiting;
  private long waitingSinceNanos;
  private long timer = NO_TIMER;
  private boolean abandoned;
  private boolean restarted;
  private long permit = CircuitBreaker.REFUSED;
  private long callNanos;

  /** Whoever wants to pass; one of the methods is called, once, unless it abandons the way. */
  interface Traveller {

    /** It may call now; it tells how that ended, and leaves. */
    void admitted(long nowNanos);

    /** It may not. */
    void refused(CallResult why);
  }

  Passage(Exchange exchange, Traveller traveller) {
    this.exchange = exchange;
    this.traveller = traveller;
    this.bulkheads = exchange.rules().bulkheads(exchange.caller());
  }

  /** Begins the way, which may end before this returns. */
  void enter() {
    // One look at the clock for all that is passed at once: each would cost as much as a guard.
    long now = System.nanoTime();
    while (inside < bulkheads.size()) {
      Bulkhead next = bulkheads.get(inside);
      Entry entry = next.enter(this, now);
      if (entry instanceof Waiting place) {
        await(place);
        return;
      } else if (entry == Entry.Decided.ENTERED) {
        inside++;
      } else if (entry == Entry.Decided.CLOSED && startsOver()) {
        // by the rules that are in force now
      } else {
        refuseAt(next);
        return;
      }
    }
    passBreaker(now);
  }

  /** Nobody wants to pass any more; a call that was begun goes on to its end. */
  void abandon() {
    abandoned = true;
    Waiting place = waiting;
    if (place != null && place.cancel()) {
      waited();
      leave();
    }
  }

  /** What the service is judged by begins now: until here it waited for the client. */
  void workBegins(long nowNanos) {
    callNanos = nowNanos;
  }

  /** The call has ended, as far as the breaker is concerned. */
  void answered(Outcome outcome, long nowNanos) {
    CircuitBreaker breaker = exchange.rules().breaker();
    if (breaker != null && permit != CircuitBreaker.REFUSED) {
      breaker.leave(permit, outcome, nowNanos - callNanos, nowNanos);
      permit = CircuitBreaker.REFUSED;
    }
  }

  /** Leaves the bulkheads; more than once does no harm. */
  void leave(long nowNanos) {
    while (inside > 0) {
      bulkheads.get(--inside).leave(nowNanos);
    }
  }

  void leave() {
    leave(System.nanoTime());
  }

  @Override
  public void entered(long nowNanos) {
    try {
      exchange.loop().context.runOnContext(hopped -> admitted());
    } catch (RejectedExecutionException stopping) {
      bulkheads.get(inside).leave(nowNanos);
    }
  }

  @Override
  public void refused(Refusal refusal) {
    try {
      exchange.loop().context.runOnContext(hopped -> turnedAway(refusal));
    } catch (RejectedExecutionException stopping) {
      // There is nobody left to tell.
    }
  }

  private void await(Waiting place) {
    waiting = place;
    waitingSinceNanos = System.nanoTime();
    exchange.abortWhenClientLeaves();
    long left = Math.max(0, exchange.deadlineNanos() - waitingSinceNanos);
    timer =
        exchange
            .loop()
            .context
            .owner()
            .setTimer(TimeUnit.NANOSECONDS.toMillis(left) + 1, due -> late());
  }

  private void admitted() {
    waited();
    inside++;
    if (abandoned) {
      leave();
    } else {
      enter();
    }
  }

  private void turnedAway(Refusal refusal) {
    waited();
    if (abandoned) {
      leave();
    } else if (refusal == Refusal.CLOSED && startsOver()) {
      enter();
    } else {
      refuseAt(bulkheads.get(inside));
    }
  }

  /** The call's own time is over before the bulkhead's. */
  private void late() {
    timer = NO_TIMER;
    Waiting place = waiting;
    if (place != null && place.cancel()) {
      waited();
      refuse(new CallResult.Failed(ErrorCode.EXPIRED));
    }
  }

  private void waited() {
    if (timer != NO_TIMER) {
      exchange.loop().context.owner().cancelTimer(timer);
      timer = NO_TIMER;
    }
    waiting = null;
    exchange
        .loop()
        .meters
        .waitedAt(bulkheads.get(inside).name(), System.nanoTime() - waitingSinceNanos);
  }

  /** A bulkhead is closed when its rule is gone or changed: the new rules hold, from the start. */
  private boolean startsOver() {
    if (restarted) {
      return false;
    }
    restarted = true;
    leave();
    bulkheads = exchange.loop().rules.of(exchange.route()).bulkheads(exchange.caller());
    return true;
  }

  private void passBreaker(long now) {
    callNanos = now;
    CircuitBreaker breaker = exchange.rules().breaker();
    if (now - exchange.deadlineNanos() >= 0) {
      refuse(new CallResult.Failed(ErrorCode.EXPIRED));
    } else if (breaker != null && (permit = breaker.tryEnter(now)) == CircuitBreaker.REFUSED) {
      refuse(new CallResult.Refused(PolicyRefusal.breaker(breaker, now)));
    } else {
      traveller.admitted(now);
    }
  }

  private void refuseAt(Bulkhead full) {
    refuse(
        new CallResult.Refused(
            PolicyRefusal.bulkhead(full, exchange.loop().retryAfterSeconds(System.nanoTime()))));
  }

  private void refuse(CallResult why) {
    leave();
    traveller.refused(why);
  }
}
