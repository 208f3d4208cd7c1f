package dev.starling.fusion;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Users' timelines in memory, those that were used last, within a bound. What is not there is read
 * from the log. Thread-safe; the instances of a node share it.
 */
final class Timelines {
  private final EventLog log;
  private final InstantSource clock;
  private final Duration retention;
  private final long maxBytes;
  private final LinkedHashMap<UUID, Timeline> byUser = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  Timelines(EventLog log, InstantSource clock, Duration retention, long maxBytes) {
    this.log = log;
    this.clock = clock;
    this.retention = retention;
    this.maxBytes = maxBytes;
  }

  /** A user's timeline with all that was committed before now. */
  Future<Timeline> read(UUID user, Duration limit) {
    Timeline known = get(user);
    Instant readAt = clock.instant();
    Instant oldest = readAt.minus(retention);
    return log.newest(user, known.readFrom(oldest), key -> !known.has(key), limit)
        .map(
            rows -> {
              Timeline read = known.with(rows, readAt, oldest);
              put(user, read);
              return read;
            });
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int users() {
    return byUser.size();
  }

  private synchronized Timeline get(UUID user) {
    return byUser.getOrDefault(user, Timeline.EMPTY);
  }

  private synchronized void put(UUID user, Timeline timeline) {
    Timeline before = byUser.put(user, timeline);
    bytes += timeline.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Map.Entry<UUID, Timeline>> oldest = byUser.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= oldest.next().getValue().bytes();
      oldest.remove();
    }
  }
}
