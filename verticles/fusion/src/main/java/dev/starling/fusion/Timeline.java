package dev.starling.fusion;

import dev.starling.fusion.Traces.Trace;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A user's newest events of each modality, as far as the log has been read; of those that tell
 * nothing but how clocks go, only that. Immutable.
 *
 * <p>What it holds follows from the log alone, whether it was read at once or bit by bit.
 */
final class Timeline {
  /**
   * How long the commit of an event may be behind its stamp of reception: the time of its request,
   * and how far the clocks of two nodes may be apart. So far back the log is read again.
   */
  static final Duration OVERLAP = Duration.ofSeconds(15);

  /** Within it no server has 2^31 transactions, whose numbers can no longer be compared then. */
  private static final Duration COMPARABLE = Duration.ofHours(1);

  static final Timeline EMPTY = new Timeline(Map.of(), Traces.NONE, Instant.EPOCH, null);

  /** Of two that were received at once the same one is older everywhere. */
  private static final Comparator<Seen> OLDEST_FIRST =
      Comparator.<Seen, Instant>comparing(seen -> seen.row.event().receivedAt())
          .thenComparingLong(seen -> Traces.hash(seen.row.event().key()));

  private final Map<FusionEvent.Key, Seen> events;
  private final Traces traces;
  private final Instant asOf;
  private final LogRead.@Nullable UpTo upTo;
  private final long bytes;

  /**
   * An event of a timeline.
   *
   * @param at when the log was read that had it first
   */
  record Seen(LogRow row, Instant at) {}

  private Timeline(
      Map<FusionEvent.Key, Seen> events, Traces traces, Instant asOf, LogRead.@Nullable UpTo upTo) {
    this.events = events;
    this.traces = traces;
    this.asOf = asOf;
    this.upTo = upTo;
    this.bytes = traces.bytes() + events.values().stream().mapToLong(seen -> bytes(seen.row)).sum();
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

  /** Of that, what need not be read again; null for nothing. */
  LogRead.@Nullable UpTo upTo(Instant now) {
    return asOf.plus(COMPARABLE).isBefore(now) ? null : upTo;
  }

  /** About how much memory it takes. */
  long bytes() {
    return bytes;
  }

  boolean has(FusionEvent.Key key) {
    return events.containsKey(key) || traces.has(key);
  }

  @Nullable LogRow find(FusionEvent.Key key) {
    Seen seen = events.get(key);
    return seen == null ? null : seen.row;
  }

  Collection<Seen> seen() {
    return events.values();
  }

  Traces traces() {
    return traces;
  }

  /** How many events it is made of. */
  int size() {
    return events.size() + traces.size();
  }

  /**
   * Its events, and what the others say of clocks.
   *
   * @param until by when something must have been received to tell how clocks went
   */
  List<FusionEvent> events(Instant until) {
    List<FusionEvent> all = new ArrayList<>(events.size() + 1);
    for (Seen seen : events.values()) {
      all.add(seen.row.event());
    }
    all.addAll(traces.clocks(until.toEpochMilli()));
    return all;
  }

  /**
   * The same with what was read from the log.
   *
   * @param tells whether something says more than how its device's clock goes
   * @param readAt to the microsecond, as it is stored
   * @param oldest what was received before is not looked at any more
   */
  Timeline with(LogRead read, Predicate<Content> tells, Instant readAt, Instant oldest) {
    Map<Modality, List<Seen>> byModality = new EnumMap<>(Modality.class);
    for (Seen seen : events.values()) {
      if (seen.row.event().receivedAt().isAfter(oldest)) {
        list(byModality, seen.row).add(seen);
      }
    }
    List<Trace> fresh = new ArrayList<>();
    for (LogRow row : read.rows()) {
      FusionEvent.Key key = row.event().key();
      if (!has(key)) {
        if (tells.test(row.event().content())) {
          list(byModality, row).add(new Seen(row, readAt));
        } else {
          fresh.add(Trace.of(row.event(), readAt));
        }
      }
    }
    byModality.values().forEach(all -> all.sort(OLDEST_FIRST));
    Traces all = merged(fresh, Traces.micros(oldest));
    List<Seen> behaviours = byModality.getOrDefault(Modality.BEHAVIOUR, List.of());
    int traced = tracesAmong(Modality.BEHAVIOUR.most(), behaviours, all);
    Map<FusionEvent.Key, Seen> kept = new HashMap<>();
    byModality.forEach(
        (modality, some) -> {
          int most = modality == Modality.BEHAVIOUR ? modality.most() - traced : modality.most();
          for (Seen seen : some.subList(Math.max(0, some.size() - most), some.size())) {
            kept.put(seen.row.event().key(), seen);
          }
        });
    return new Timeline(
        Collections.unmodifiableMap(kept),
        all.from(all.size() - traced),
        readAt.isAfter(asOf) ? readAt : asOf,
        read.upTo() == null ? upTo : read.upTo());
  }

  private Traces merged(List<Trace> fresh, long oldestMicros) {
    int first = 0;
    while (first < traces.size() && traces.get(first).receivedMicros() <= oldestMicros) {
      first++;
    }
    Traces kept = traces.from(first);
    if (fresh.isEmpty()) {
      return kept;
    }
    List<Trace> all = kept.all();
    all.addAll(fresh);
    all.sort(Trace.OLDEST_FIRST);
    return Traces.of(all);
  }

  /** How many of the newest of both are traces. */
  private static int tracesAmong(int most, List<Seen> others, Traces traces) {
    int other = others.size();
    int trace = traces.size();
    for (int left = most; left > 0 && trace > 0; left--) {
      if (other > 0 && isNewer(others.get(other - 1), traces.get(trace - 1))) {
        other--;
      } else {
        trace--;
      }
    }
    return traces.size() - trace;
  }

  private static boolean isNewer(Seen seen, Trace trace) {
    FusionEvent event = seen.row.event();
    int byReception = Long.compare(Traces.micros(event.receivedAt()), trace.receivedMicros());
    return byReception == 0 ? Traces.hash(event.key()) > trace.hash() : byReception > 0;
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
