package dev.starling.policy.guards;

import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Call;
import dev.starling.contract.decision.Decision.Counter;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.policy.breaker.BreakerReport;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.bulkhead.Entry;
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
  private static final int UNAVAILABLE = 503;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

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
    CircuitBreaker breaker = set.breakerOf(dependency);
    List<Bulkhead> room = set.bulkheadsOf(dependency);
    Function<Duration, Future<T>> guarded =
        breaker == null ? call : left -> through(breaker, left, call);
    return room.isEmpty()
        ? guarded.apply(limit)
        : enter(room, nanoTime.getAsLong() + limit.toNanos(), guarded);
  }

  /** Through the first of them, then the others. */
  private <T> Future<T> enter(
      List<Bulkhead> room, long deadlineNanos, Function<Duration, Future<T>> work) {
    if (room.isEmpty()) {
      return attempt(work, Duration.ofNanos(Math.max(1, deadlineNanos - nanoTime.getAsLong())));
    }
    Bulkhead first = room.get(0);
    List<Bulkhead> others = room.subList(1, room.size());
    return admitted(first, deadlineNanos)
        .compose(
            inside ->
                enter(others, deadlineNanos, work)
                    .onComplete(done -> first.leave(nanoTime.getAsLong())));
  }

  private Future<Void> admitted(Bulkhead bulkhead, long deadlineNanos) {
    long now = nanoTime.getAsLong();
    EntryWait wait = new EntryWait(Vertx.currentContext(), () -> refusal(bulkhead));
    Entry entry = bulkhead.enter(wait, now);
    if (entry == Entry.Decided.ENTERED) {
      return Future.succeededFuture();
    } else if (entry instanceof Entry.Decided) {
      return Future.failedFuture(refusal(bulkhead));
    }
    return wait.atMost(vertx, entry, deadlineNanos - now);
  }

  private <T> Future<T> through(
      CircuitBreaker breaker, Duration left, Function<Duration, Future<T>> work) {
    long began = nanoTime.getAsLong();
    long permit = breaker.tryEnter(began);
    if (permit == CircuitBreaker.REFUSED) {
      return Future.failedFuture(refusal(breaker.name(), breaker.report(began)));
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

  private GuardRefusal refusal(Bulkhead bulkhead) {
    return refusal(
        new Refusal(
            Kind.BULKHEAD,
            UNAVAILABLE,
            bulkhead.name(),
            bulkhead.permits(),
            bulkhead.inside(),
            1,
            List.of(new Counter("waiting", bulkhead.waiting()))));
  }

  private GuardRefusal refusal(String rule, BreakerReport report) {
    long wait = (report.remainingNanos() + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    return refusal(
        new Refusal(
            Kind.BREAKER,
            UNAVAILABLE,
            rule,
            report.thresholdPercent(),
            report.observedPercent(),
            (int) Math.max(1, wait),
            List.of(new Counter("calls", report.calls()))));
  }

  private GuardRefusal refusal(Refusal refusal) {
    Decision decision = decisions.record(Call.UNKNOWN, refusal);
    return new GuardRefusal(dependency, decision);
  }
}
