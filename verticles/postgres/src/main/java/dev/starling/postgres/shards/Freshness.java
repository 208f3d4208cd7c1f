package dev.starling.postgres.shards;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far behind the primary the answer to a read may be.
 *
 * <p>Immutable.
 *
 * @param staleness longest that the replica may be behind; zero asks the primary
 * @param after what the answer must contain, whatever its age; null for nothing in particular
 */
public record Freshness(Duration staleness, @Nullable Position after) {
  /** What was committed before is seen. */
  public static final Freshness LATEST = new Freshness(Duration.ZERO, null);

  /** At most this far behind. */
  public static Freshness within(Duration staleness) {
    return new Freshness(staleness, null);
  }

  /** Likewise, and the caller's own write is seen. */
  public Freshness after(@Nullable Position position) {
    return new Freshness(staleness, position);
  }
}
