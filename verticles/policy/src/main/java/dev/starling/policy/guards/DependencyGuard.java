package dev.starling.policy.guards;

import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Call;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.bulkhead.Entry;
import dev.starling.policy.bulkhead.Waiting;
import dev.starling.policy.decision.Decisions;
import dev.starling.sdk.CallGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Lets calls of a dependency through its bulkheads and its breaker, as the policy in force has
 * them.
 *
 * <p>Threading: thread-safe; futures complete on the caller's context. Without rules it costs a
 * look for them.
 *
 * <p>Errors: a call that is refused was not made; its future fails with a {@link GuardRefusal}.
 */
public final class DependencyGuard implements CallGuard {
  /** A dependency answers in less. */
  private static final int RETRY_AFTER_SECONDS = 1;

  private final String dependency;
  private final Duration fairTime;
  private final Function<Throwable, Outcome> judge;
  private final NodeGuards guards;
  private final Decisions decisions;
  private final Vertx vertx;
  private final LongSupplier nanoTime;

  /**
   * @param dependency one of {@code Dependencies}
   * @param fairTime who gives the dependency less has learned nothing about it when that is over: a
   *     client could open the breaker for everybody otherwise
   * @param judge what a failure says about the dependency
   * @param nanoTime as {@link System#nanoTime()}
   */
  public DependencyGuard(
      String dependency,
      Duration fairTime,
      Function<Throwable, Outcome> judge,
      NodeGuards guards,
      Decisions decisions,
      Vertx vertx,
      LongSupplier nanoTime) {
    this.dependency = dependency;
    this.fairTime = fairTime;
    this.judge = judge;
    this.guards = guards;
    this.decisions = decisions;
    this.vertx = vertx;
    this.nanoTime = nanoTime;
  }

  @Override
  public <T> Future<T> run(Duration limit, Function<Duration, Future<T>> call) {
    GuardSet set = guards.current();
    if (set.bulkheadsOf(dependency).isEmpty()) {
      return pass(set, limit, call);
    }
    Visit visit = new Visit(set, nanoTime.getAsLong() + limit.toNanos());
    return visit
        .enter()
        .compose(
            inside ->
                attempt(left -> pass(visit.set, left, call), visit.left())
                    .onComplete(done -> visit.leave()));
  }

  private <T> Future<T> pass(GuardSet set, Duration left, Function<Duration, Future<T>> call) {
    CircuitBreaker breaker = set.breakerOf(dependency);
    return breaker == null ? call.apply(left) : through(breaker, left, call);
  }

  private <T> Future<T> through(
      CircuitBreaker breaker, Duration left, Function<Duration, Future<T>> work) {
    long began = nanoTime.getAsLong();
    long permit = breaker.tryEnter(began);
    if (permit == CircuitBreaker.REFUSED) {
      return Future.failedFuture(refusal(Refusals.of(breaker, began)));
    }
    return attempt(work, left)
        .onComplete(
            done -> {
              long now = nanoTime.getAsLong();
              Outcome outcome = done.succeeded() ? Outcome.SUCCESS : outcome(done.cause(), left);
              breaker.leave(permit, outcome, now - began, now);
            });
  }

  private static <T> Future<T> attempt(Function<Duration, Future<T>> work, Duration left) {
    try {
      return work.apply(left);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Outcome outcome(Throwable failure, Duration allowed) {
    Outcome judged = judge.apply(failure);
    return judged == Outcome.TIMEOUT && allowed.compareTo(fairTime) < 0
        ? Outcome.CANCELLED
        : judged;
  }

  private GuardRefusal refusal(Refusal refusal) {
    Decision decision = decisions.record(Call.UNKNOWN, refusal);
    return new GuardRefusal(dependency, decision);
  }

  /**
   * The way of one call into the bulkheads and out again: whatever happens, each that was entered
   * is left once. Used by one thread at a time.
   */
  private final class Visit {
    private final long deadlineNanos;
    private GuardSet set;
    private List<Bulkhead> room;
    private int inside;
    private boolean restarted;

    Visit(GuardSet set, long deadlineNanos) {
      this.set = set;
      this.room = set.bulkheadsOf(dependency);
      this.deadlineNanos = deadlineNanos;
    }

    /** Enters all of them, one after the other; otherwise it is in none. */
    Future<Void> enter() {
      while (inside < room.size()) {
        Bulkhead next = room.get(inside);
        long now = nanoTime.getAsLong();
        EntryWait wait = new EntryWait(Vertx.currentContext(), next);
        Entry entry = next.enter(wait, now);
        if (entry instanceof Waiting place) {
          return wait.atMost(vertx, place, deadlineNanos - now).compose(this::waited);
        } else if (entry == Entry.Decided.ENTERED) {
          inside++;
        } else if (entry == Entry.Decided.CLOSED && startsOver()) {
          // by the rules that are in force now
        } else {
          return refused();
        }
      }
      return Future.succeededFuture();
    }

    void leave() {
      long now = nanoTime.getAsLong();
      while (inside > 0) {
        room.get(--inside).leave(now);
      }
    }

    Duration left() {
      return Duration.ofNanos(Math.max(1, deadlineNanos - nanoTime.getAsLong()));
    }

    private Future<Void> waited(EntryWait.End end) {
      return switch (end) {
        case ENTERED -> {
          inside++;
          yield enter();
        }
        case CLOSED -> startsOver() ? enter() : refused();
        case REFUSED -> refused();
      };
    }

    /**
     * A bulkhead is closed when its rule is gone or changed: the new rules hold, from the start.
     */
    private boolean startsOver() {
      if (restarted) {
        return false;
      }
      restarted = true;
      leave();
      set = guards.current();
      room = set.bulkheadsOf(dependency);
      return true;
    }

    private Future<Void> refused() {
      GuardRefusal refusal = refusal(Refusals.of(room.get(inside), RETRY_AFTER_SECONDS));
      leave();
      return Future.failedFuture(refusal);
    }
  }
}
