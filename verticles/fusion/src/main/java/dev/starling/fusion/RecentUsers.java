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
  private final Map<UUID, Instant> until = new ConcurrentHashMap<>();

  RecentUsers(InstantSource clock) {
    this.clock = clock;
  }

  void add(UUID user, Instant closesAt) {
    if (until.size() < MOST) {
      until.merge(user, closesAt, (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  boolean has(UUID user) {
    Instant closesAt = until.get(user);
    return closesAt != null && closesAt.isAfter(clock.instant());
  }

  /** Forgets those whose windows have closed. */
  void prune() {
    Instant now = clock.instant();
    until.values().removeIf(closesAt -> !closesAt.isAfter(now));
  }
}
