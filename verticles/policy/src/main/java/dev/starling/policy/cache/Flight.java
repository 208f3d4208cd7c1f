package dev.starling.policy.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The load of one key that is under way, and those who wait for what it brings.
 *
 * <p>Thread-safe. It is over once it was taken apart; who comes later begins another.
 */
final class Flight<V> {
  private final Deque<Caller<V>> followers = new ArrayDeque<>();
  private boolean over;

  /**
   * Somebody who asked.
   *
   * @param deadlineNanos after which it does not care any more
   * @param answer to be completed; null for a refresh, which nobody waits for
   */
  record Caller<V>(
      Loader<V> loader, long deadlineNanos, @Nullable CompletableFuture<CacheAnswer<V>> answer) {}

  /** What came of wanting to wait. */
  enum Joining {
    JOINED,
    CROWDED,
    OVER
  }

  synchronized Joining join(Caller<V> caller, int maxFollowers) {
    if (over) {
      return Joining.OVER;
    }
    if (followers.size() >= maxFollowers) {
      return Joining.CROWDED;
    }
    followers.add(caller);
    return Joining.JOINED;
  }

  /** The one whose turn it is to load after somebody failed; null ends the flight. */
  synchronized @Nullable Caller<V> next() {
    Caller<V> next = followers.poll();
    over = next == null;
    return next;
  }

  /** Ends the flight; returns those who waited. */
  synchronized Deque<Caller<V>> end() {
    over = true;
    return followers;
  }
}
