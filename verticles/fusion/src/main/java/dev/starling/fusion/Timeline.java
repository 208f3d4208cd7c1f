package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's newest events of each modality, as far as the log has been read. Immutable.
 *
 * <p>What it holds follows from the log alone, whether it was read at once or bit by bit.
 */
final class Timeline {
  /**
   * How long the commit of an event may be behind its stamp of reception: the time of its request,
   * and how far the clocks of two nodes may be apart. So far back the log is read again.
   */
  static final Duration OVERLAP = Duration.ofSeconds(15);

  static final Timeline EMPTY = new Timeline(Map.of(), Instant.EPOCH);

  private static final Comparator<Seen> OLDEST_FIRST =
      Comparator.<Seen, Instant>comparing(seen -> seen.row.event().receivedAt())
          .thenComparing(seen -> seen.row.event().key());

  private final Map<FusionEvent.Key, Seen> events;
  private final Instant asOf;
  private final long bytes;

  /**
   * An event of a timeline.
   *
   * @param at when the log was read that had it first
   */
  record Seen(LogRow row, Instant at) {}

  private Timeline(Map<FusionEvent.Key, Seen> events, Instant asOf) {
    this.events = events;
    this.asOf = asOf;
    this.bytes = events.values().stream().mapToLong(seen -> bytes(seen.row)).sum();
  }

  /** When the log was read last. */
  Instant asOf() {
    return asOf;
  }

  /** From when on the log is to be read next. */
  Instant readFrom(Instant oldest) {
    Instant back = asOf.equals(Instant.EPOCH) ? asOf : asOf.minus(OVERLAP);
    return back.isBefore(oldest) ? oldest : back;
  }

  /** About how much memory it takes. */
  long bytes() {
    return bytes;
  }

  boolean has(FusionEvent.Key key) {
    return events.containsKey(key);
  }

  @Nullable LogRow find(FusionEvent.Key key) {
    Seen seen = events.get(key);
    return seen == null ? null : seen.row;
  }

  Collection<Seen> seen() {
    return events.values();
  }

  List<FusionEvent> events() {
    List<FusionEvent> all = new ArrayList<>(events.size());
    for (Seen seen : events.values()) {
      all.add(seen.row.event());
    }
    return all;
  }

  /**
   * The same with what was read from the log.
   *
   * @param oldest what was received before is not looked at any more
   */
  Timeline with(List<LogRow> rows, Instant readAt, Instant oldest) {
    Map<Modality, List<Seen>> byModality = new EnumMap<>(Modality.class);
    for (Seen seen : events.values()) {
      if (seen.row.event().receivedAt().isAfter(oldest)) {
        list(byModality, seen.row).add(seen);
      }
    }
    for (LogRow row : rows) {
      if (!events.containsKey(row.event().key())) {
        list(byModality, row).add(new Seen(row, readAt));
      }
    }
    Map<FusionEvent.Key, Seen> kept = new HashMap<>();
    byModality.forEach(
        (modality, all) -> {
          all.sort(OLDEST_FIRST);
          for (Seen seen : all.subList(Math.max(0, all.size() - modality.most()), all.size())) {
            kept.put(seen.row.event().key(), seen);
          }
        });
    return new Timeline(Collections.unmodifiableMap(kept), readAt.isAfter(asOf) ? readAt : asOf);
  }

  private static List<Seen> list(Map<Modality, List<Seen>> byModality, LogRow row) {
    return byModality.computeIfAbsent(
        Modality.of(row.event().content()), first -> new ArrayList<>());
  }

  /** Texts at two bytes a character, vectors, and what objects take besides. */
  private static long bytes(LogRow row) {
    FusionEvent event = row.event();
    Content content = event.content();
    long own = 2L * (event.source().length() + event.id().length() + event.deviceId().length());
    float[] vector = ContentJson.vector(content);
    own += vector == null ? 0 : (long) vector.length * Float.BYTES;
    if (content instanceof Utterance utterance) {
      own += 2L * utterance.transcript().length();
      own += utterance.alternatives().stream().mapToLong(a -> 2L * a.transcript().length()).sum();
    } else if (content instanceof Image image) {
      own += 2L * (image.url().length() + image.caption().length() + image.imageId().length());
      own += image.labels().stream().mapToLong(label -> 64 + 2L * label.length()).sum();
      own += 512;
    } else if (content instanceof Content.Behaviour behaviour) {
      own += 96L * behaviour.attributes().size();
    }
    return own + 400;
  }
}
