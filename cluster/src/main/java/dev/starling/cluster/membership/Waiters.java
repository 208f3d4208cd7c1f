package dev.starling.cluster.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Actions that wait for a condition, each until a deadline at most.
 *
 * <p>Confined to one thread. Bounded by its callers: each entry is one unfinished call of this
 * node, and lives until its deadline at the longest. Actions run after they are taken out, in the
 * order in which they came, so that an action may add another one.
 */
final class Waiters {
  private record Waiter(BooleanSupplier condition, long deadline, Runnable action) {}

  private final List<Waiter> waiting = new ArrayList<>();

  void add(BooleanSupplier condition, long deadline, Runnable action) {
    waiting.add(new Waiter(condition, deadline, action));
  }

  /** Runs the actions whose condition holds. */
  void release() {
    take(waiter -> waiter.condition().getAsBoolean());
  }

  /** Runs the actions whose deadline has come. */
  void expire(long now) {
    take(waiter -> now - waiter.deadline() >= 0);
  }

  void releaseAll() {
    take(waiter -> true);
  }

  private void take(Predicate<Waiter> due) {
    if (waiting.isEmpty()) {
      return;
    }
    List<Waiter> taken = new ArrayList<>();
    waiting.removeIf(waiter -> due.test(waiter) && taken.add(waiter));
    taken.forEach(waiter -> waiter.action().run());
  }
}
