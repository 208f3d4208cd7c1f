package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Users' timelines in memory, within a bound. What is not there is read from the log. Thread-safe;
 * the instances of a node share it.
 *
 * <p>When there is no room, any of them goes. Users who speak by turns would, if the one that was
 * used the longest ago went, lose theirs just before it is used again, all of them.
 */
final class Timelines {
  private final EventLog log;
  private final Predicate<Content> tells;
  private final InstantSource clock;
  private final Duration retention;
  private final long maxBytes;
  private final RandomGenerator random;
  private final Map<UUID, Held> byUser = new HashMap<>();
  private final List<Held> all = new ArrayList<>();
  private long bytes;

  /** One of them, and its place among all. */
  private static final class Held {
    final UUID user;
    int place;
    Timeline timeline = Timeline.EMPTY;

    Held(UUID user, int place) {
      this.user = user;
      this.place = place;
    }
  }

  /**
   * @param tells whether something says more than how its device's clock goes
   */
  Timelines(
      EventLog log,
      Predicate<Content> tells,
      InstantSource clock,
      Duration retention,
      long maxBytes,
      RandomGenerator random) {
    this.log = log;
    this.tells = tells;
    this.clock = clock;
    this.retention = retention;
    this.maxBytes = maxBytes;
    this.random = random;
  }

  /** A user's timeline with all that was committed before now. */
  Future<Timeline> read(UUID user, Duration limit) {
    Timeline known = get(user);
    // As it is stored with a decision, which is compared with it.
    Instant readAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant oldest = readAt.minus(retention);
    return log.newest(
            user, known.readFrom(oldest), known.upTo(readAt), key -> !known.has(key), limit)
        .map(
            found -> {
              Timeline read = known.with(found, tells, readAt, oldest);
              put(user, read);
              return read;
            });
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int users() {
    return all.size();
  }

  private synchronized Timeline get(UUID user) {
    Held held = byUser.get(user);
    return held == null ? Timeline.EMPTY : held.timeline;
  }

  private synchronized void put(UUID user, Timeline timeline) {
    Held held = byUser.get(user);
    if (held == null) {
      held = new Held(user, all.size());
      byUser.put(user, held);
      all.add(held);
    }
    bytes += timeline.bytes() - held.timeline.bytes();
    held.timeline = timeline;
    while (bytes > maxBytes && all.size() > 1) {
      Held any = all.get(random.nextInt(all.size()));
      if (any != held) {
        remove(any);
      }
    }
    if (bytes > maxBytes) {
      remove(held);
    }
  }

  private void remove(Held gone) {
    bytes -= gone.timeline.bytes();
    byUser.remove(gone.user);
    Held last = all.remove(all.size() - 1);
    if (last != gone) {
      last.place = gone.place;
      all.set(gone.place, last);
    }
  }
}
