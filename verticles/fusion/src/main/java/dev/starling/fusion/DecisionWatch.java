package dev.starling.fusion;

import dev.starling.contract.fusion.FusionContract.Decided;
import dev.starling.sdk.Uuids;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who waits for decisions of which user, within a bound. Confined to an instance's context.
 *
 * <p>That something was decided is only a reason to look, so a message that is lost makes a
 * decision late, never wrong.
 */
final class DecisionWatch {
  private final int most;
  private final FusionMeters meters;
  private final Map<UUID, Set<Watcher>> byUser = new HashMap<>();
  private int count;

  /** One who waits; looks when asked to, one look at a time. */
  interface Watcher {
    void look();
  }

  DecisionWatch(int most, FusionMeters meters) {
    this.most = most;
    this.meters = meters;
  }

  /** Whether nobody else may wait now. */
  boolean isFull() {
    return count >= most;
  }

  void add(UUID user, Watcher watcher) {
    if (byUser.computeIfAbsent(user, first -> new LinkedHashSet<>()).add(watcher)) {
      count++;
      meters.watching(1);
    }
  }

  void remove(UUID user, Watcher watcher) {
    Set<Watcher> ofUser = byUser.getOrDefault(user, Set.of());
    if (ofUser.remove(watcher)) {
      count--;
      meters.watching(-1);
      if (ofUser.isEmpty()) {
        byUser.remove(user);
      }
    }
  }

  /** A user was said to have another decision. */
  void decided(Decided decided) {
    UUID user = Uuids.parse(decided.user());
    if (user != null) {
      look(user);
    }
  }

  /** Everybody looks; to be called each few seconds. */
  void lookAll() {
    List.copyOf(byUser.keySet()).forEach(this::look);
  }

  private void look(UUID user) {
    List.copyOf(byUser.getOrDefault(user, Set.of())).forEach(Watcher::look);
  }
}
