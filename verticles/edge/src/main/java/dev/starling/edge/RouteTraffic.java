package dev.starling.edge;

import dev.starling.policy.guards.TrafficSignals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What clients ask of this node, by operation, as its edges count it.
 *
 * <p>Threading: each event loop counts in its own {@link TrafficCounts}; the node's thread that
 * observes reads them, and only those of operations that a rule has asked about: the first answer
 * about one is 0.
 */
final class RouteTraffic implements TrafficSignals {
  /** Operations come from services, not from clients; those beyond count for the node only. */
  static final int MAX_OPERATIONS = 10_000;

  private static final String ALL = "";

  private final Map<String, List<TrafficCounts>> counts = new ConcurrentHashMap<>();

  // Of the thread that observes.
  private final Map<String, Period> periods = new HashMap<>();
  private long turnedNanos;
  private double seconds = 1;

  /** The sums at the last two turns. */
  private record Period(long[] before, long[] now) {
    long count(int index) {
      return now[index] - before[index];
    }
  }

  /** Counts for one more event loop. */
  TrafficCounts count(String operation) {
    boolean known = counts.containsKey(operation) || counts.size() < MAX_OPERATIONS;
    String counted = known ? operation : ALL;
    TrafficCounts made = new TrafficCounts();
    counts.computeIfAbsent(counted, first -> new CopyOnWriteArrayList<>()).add(made);
    return made;
  }

  @Override
  public void turn(long nowNanos) {
    seconds = turnedNanos == 0 ? 1 : Math.max(1e-3, (nowNanos - turnedNanos) / 1e9);
    turnedNanos = nowNanos;
    periods.replaceAll((operation, period) -> new Period(period.now, sums(operation)));
  }

  @Override
  public double requestsPerSecond(String operation) {
    return period(operation).count(TrafficCounts.ARRIVED) / seconds;
  }

  @Override
  public double inFlight(String operation) {
    long inFlight = 0;
    for (TrafficCounts one : of(operation)) {
      inFlight += one.get(TrafficCounts.ARRIVED) - one.get(TrafficCounts.ENDED);
    }
    return Math.max(0, inFlight);
  }

  @Override
  public double latencyP50Millis(String operation) {
    Period period = period(operation);
    long answered = 0;
    for (int bucket = 0; bucket < TrafficCounts.BUCKETS; bucket++) {
      answered += period.count(TrafficCounts.FIRST_BUCKET + bucket);
    }
    long left = (answered + 1) / 2;
    for (int bucket = 0; bucket < TrafficCounts.BUCKETS && answered > 0; bucket++) {
      left -= period.count(TrafficCounts.FIRST_BUCKET + bucket);
      if (left <= 0) {
        return TrafficCounts.millis(bucket);
      }
    }
    return 0;
  }

  @Override
  public double errorPercent(String operation) {
    Period period = period(operation);
    long answered = period.count(TrafficCounts.ANSWERED);
    return answered == 0 ? 0 : 100.0 * period.count(TrafficCounts.FAILED) / answered;
  }

  private Period period(String operation) {
    return periods.computeIfAbsent(
        operation,
        first -> {
          long[] sums = sums(operation);
          return new Period(sums, sums);
        });
  }

  private long[] sums(String operation) {
    long[] sums = new long[TrafficCounts.SIZE];
    of(operation).forEach(one -> one.addTo(sums));
    return sums;
  }

  private List<TrafficCounts> of(String operation) {
    if (!operation.equals(ALL)) {
      return counts.getOrDefault(operation, List.of());
    }
    List<TrafficCounts> all = new ArrayList<>();
    counts.values().forEach(all::addAll);
    return all;
  }
}
