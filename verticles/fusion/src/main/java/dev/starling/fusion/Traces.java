package dev.starling.fusion;

import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.FusionEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events that say nothing but how their device's clock goes, without what they say: some forty
 * bytes each, since most of what devices tell is of this kind. Immutable; the oldest first.
 */
final class Traces {
  static final Traces NONE =
      new Traces(new String[0], new short[0], new long[0], new long[0], new long[0], new long[0]);

  /** Of an event of each of the arrays, and a part of the objects. */
  private static final long BYTES = Short.BYTES + 4 * Long.BYTES;

  private static final long BYTES_OF_DEVICE = 80;
  private static final long MICROS_PER_MILLI = 1_000;

  private final String[] devices;
  private final short[] device;
  private final long[] hash;
  private final long[] received;
  private final long[] sent;
  private final long[] at;

  /**
   * One of them.
   *
   * @param hash of its key, see {@link #hash}
   * @param receivedMicros since 1970
   * @param sentMicros likewise, by its device's clock
   * @param atMicros when the log was read that had it first
   */
  record Trace(String device, long hash, long receivedMicros, long sentMicros, long atMicros) {
    static final Comparator<Trace> OLDEST_FIRST =
        Comparator.comparingLong(Trace::receivedMicros).thenComparingLong(Trace::hash);

    static Trace of(FusionEvent event, Instant readAt) {
      return new Trace(
          event.deviceId(),
          Traces.hash(event.key()),
          micros(event.receivedAt()),
          micros(event.sentAt()),
          micros(readAt));
    }

    /** How far its device's clock was behind, and how long it was on its way. */
    long differenceMillis() {
      return Math.floorDiv(receivedMicros, MICROS_PER_MILLI)
          - Math.floorDiv(sentMicros, MICROS_PER_MILLI);
    }

    long receivedMillis() {
      return Math.floorDiv(receivedMicros, MICROS_PER_MILLI);
    }
  }

  private Traces(
      String[] devices, short[] device, long[] hash, long[] received, long[] sent, long[] at) {
    this.devices = devices;
    this.device = device;
    this.hash = hash;
    this.received = received;
    this.sent = sent;
    this.at = at;
  }

  /**
   * @param sorted by {@link Trace#OLDEST_FIRST}
   */
  static Traces of(List<Trace> sorted) {
    if (sorted.isEmpty()) {
      return NONE;
    }
    int count = sorted.size();
    Map<String, Short> places = new HashMap<>();
    List<String> devices = new ArrayList<>();
    short[] device = new short[count];
    long[] hash = new long[count];
    long[] received = new long[count];
    long[] sent = new long[count];
    long[] at = new long[count];
    for (int i = 0; i < count; i++) {
      Trace trace = sorted.get(i);
      Short place = places.get(trace.device);
      if (place == null) {
        place = (short) devices.size();
        places.put(trace.device, place);
        devices.add(trace.device);
      }
      device[i] = place;
      hash[i] = trace.hash;
      received[i] = trace.receivedMicros;
      sent[i] = trace.sentMicros;
      at[i] = trace.atMicros;
    }
    return new Traces(devices.toArray(String[]::new), device, hash, received, sent, at);
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /** Of 64 bits, so that two events of a user have the same by no accident. */
  static long hash(FusionEvent.Key key) {
    return hash(hash(0xcbf29ce484222325L, key.source()) ^ 0xff, key.id());
  }

  /** FNV-1a, with a multiplication for each character, then mixed as in SplittableRandom. */
  private static long hash(long seed, String text) {
    long h = seed;
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * 0x100000001b3L;
    }
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }

  int size() {
    return hash.length;
  }

  long bytes() {
    return BYTES * hash.length + BYTES_OF_DEVICE * devices.length;
  }

  boolean has(FusionEvent.Key key) {
    if (hash.length == 0) {
      return false;
    }
    long wanted = hash(key);
    for (long known : hash) {
      if (known == wanted) {
        return true;
      }
    }
    return false;
  }

  Trace get(int i) {
    return new Trace(devices[device[i]], hash[i], received[i], sent[i], at[i]);
  }

  List<Trace> all() {
    List<Trace> all = new ArrayList<>(hash.length);
    for (int i = 0; i < hash.length; i++) {
      all.add(get(i));
    }
    return all;
  }

  /** Those that were received after a time, in the place of the first of which this begins. */
  Traces from(int first) {
    if (first == 0) {
      return this;
    }
    int count = hash.length;
    return first == count
        ? NONE
        : new Traces(
            devices,
            Arrays.copyOfRange(device, first, count),
            Arrays.copyOfRange(hash, first, count),
            Arrays.copyOfRange(received, first, count),
            Arrays.copyOfRange(sent, first, count),
            Arrays.copyOfRange(at, first, count));
  }

  /**
   * What they say of clocks at a time, in as few events as it takes: for each device the one with
   * the smallest difference of those that were received by then, or else the first one after it.
   * They say nothing else, and have no ids.
   *
   * @param untilMillis since 1970
   */
  List<FusionEvent> clocks(long untilMillis) {
    Map<String, Trace> telling = new TreeMap<>();
    for (int i = 0; i < hash.length; i++) {
      Trace trace = get(i);
      telling.merge(trace.device, trace, (one, other) -> better(one, other, untilMillis));
    }
    return telling.values().stream().map(Traces::event).toList();
  }

  private static Trace better(Trace one, Trace other, long untilMillis) {
    boolean known = one.receivedMillis() <= untilMillis;
    if (known != (other.receivedMillis() <= untilMillis)) {
      return known ? one : other;
    }
    if (!known && one.receivedMicros != other.receivedMicros) {
      return one.receivedMicros < other.receivedMicros ? one : other;
    }
    return one.differenceMillis() <= other.differenceMillis() ? one : other;
  }

  private static FusionEvent event(Trace trace) {
    Instant sent = Instant.EPOCH.plus(trace.sentMicros, ChronoUnit.MICROS);
    return new FusionEvent(
        "/devices/" + trace.device,
        "",
        trace.device,
        sent,
        sent,
        Instant.EPOCH.plus(trace.receivedMicros, ChronoUnit.MICROS),
        new Behaviour("", new TreeMap<>()));
  }
}
