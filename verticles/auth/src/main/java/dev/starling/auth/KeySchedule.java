package dev.starling.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which key signs, when the next one is due and when an old one may go. Immutable.
 *
 * <p>A key is published {@link #PUBLISHED_AHEAD} before it signs, signs until the next one does,
 * and verifies for as long after that as any of its tokens may live.
 *
 * @param rotateAfter how long a key signs
 * @param verifiesFor how long a token can live, leeway included
 */
record KeySchedule(Duration rotateAfter, Duration verifiesFor) {
  /** Longer than {@code max-age} of the key set and than a node may go without looking at it. */
  static final Duration PUBLISHED_AHEAD = Duration.ofMinutes(10);

  private static final Comparator<Instant> BY_TIME = Comparator.naturalOrder();

  /** The key that signs now; the earliest when this node's clock is behind that of its maker. */
  @Nullable SigningKey signer(Collection<SigningKey> keys, Instant now) {
    Comparator<SigningKey> byStart =
        Comparator.comparing(SigningKey::signsFrom, BY_TIME).thenComparing(SigningKey::id);
    return keys.stream()
        .filter(key -> !key.signsFrom().isAfter(now))
        .max(byStart)
        .or(() -> keys.stream().min(byStart))
        .orElse(null);
  }

  /**
   * When a key that is made now is to begin signing; null when none is due.
   *
   * @param starts when the keys that there are begin to sign
   */
  @Nullable Instant nextStart(Collection<Instant> starts, Instant now) {
    Instant newest = starts.stream().max(BY_TIME).orElse(null);
    if (newest == null) {
      return now;
    }
    Instant due = newest.plus(rotateAfter).minus(PUBLISHED_AHEAD);
    return now.isBefore(due) ? null : now.plus(PUBLISHED_AHEAD);
  }

  /** The keys whose last tokens have expired. */
  List<SigningKey> retired(Collection<SigningKey> keys, Instant now) {
    return keys.stream().filter(key -> isRetired(key, keys, now)).toList();
  }

  private boolean isRetired(SigningKey key, Collection<SigningKey> keys, Instant now) {
    return keys.stream()
        .map(SigningKey::signsFrom)
        .filter(start -> start.isAfter(key.signsFrom()))
        .min(BY_TIME)
        .map(successor -> successor.plus(verifiesFor).isBefore(now))
        .orElse(false);
  }
}
