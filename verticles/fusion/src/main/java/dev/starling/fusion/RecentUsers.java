package dev.starling.fusion;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Users for whom this node has decided something that may still change. Thread-safe; the instances
 * of a node share it. Only a hint: what it does not know is looked at when its window closes.
 */
final class RecentUsers {
  private static final int MOST = 200_000;

  private final InstantSource clock;
  private final Map<UUID, Open> open = new ConcurrentHashMap<>();

  /**
   * What is open of a user.
   *
   * @param until when the last window closes
   * @param latest what happened later can change none of the decisions
   */
  private record Open(Instant until, Instant latest) {
    Open and(Open other) {
      return new Open(later(until, other.until), later(latest, other.latest));
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }

  RecentUsers(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Something of a user was decided.
   *
   * @param latest what happened later cannot change it
   */
  void add(UUID user, Instant closesAt, Instant latest) {
    if (open.size() < MOST) {
      open.merge(user, new Open(closesAt, latest), Open::and);
    }
  }

  /** Whether something that happened then may change what was decided for a user. */
  boolean mayChange(UUID user, Instant happened) {
    Open known = open.get(user);
    return known != null && known.until.isAfter(clock.instant()) && !happened.isAfter(known.latest);
  }

  /** Forgets those whose windows have closed. */
  void prune() {
    Instant now = clock.instant();
    open.values().removeIf(known -> !known.until.isAfter(now));
  }
}
