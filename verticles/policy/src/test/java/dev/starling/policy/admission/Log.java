package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a simulation saw, second by second. */
final class Log {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final List<Second> seconds = new ArrayList<>();

  static final class Second {
    final int[] offered = new int[Priority.values().length];
    final int[] answered = new int[Priority.values().length];
    final List<Long> latencies = new ArrayList<>();
    int admitted;
    int limit;

    int goodput() {
      return IntStream.of(answered).sum();
    }
  }

  Second second(long nanos) {
    int index = (int) (nanos / SECOND);
    while (seconds.size() <= index) {
      seconds.add(new Second());
    }
    return seconds.get(index);
  }

  /** Counts an answer in the second in which its request came. */
  void answered(Priority priority, long arrived, long now) {
    Second second = second(arrived);
    second.answered[priority.ordinal()]++;
    second.latencies.add(now - arrived);
  }

  /** Some of the seconds, from {@code from} to before {@code to}. */
  Span span(int from, int to) {
    return new Span(seconds.subList(from, to));
  }

  record Span(List<Second> seconds) {

    double goodput() {
      return seconds.stream().mapToInt(Second::goodput).average().orElse(0);
    }

    int leastGoodput() {
      return seconds.stream().mapToInt(Second::goodput).min().orElse(0);
    }

    int mostGoodput() {
      return seconds.stream().mapToInt(Second::goodput).max().orElse(0);
    }

    int lowestLimit() {
      return seconds.stream().mapToInt(second -> second.limit).min().orElse(0);
    }

    int highestLimit() {
      return seconds.stream().mapToInt(second -> second.limit).max().orElse(0);
    }

    double successPercent(Priority priority) {
      long offered = seconds.stream().mapToLong(s -> s.offered[priority.ordinal()]).sum();
      long answered = seconds.stream().mapToLong(s -> s.answered[priority.ordinal()]).sum();
      return offered == 0 ? 100 : 100.0 * answered / offered;
    }

    double latencyMillis(double quantile) {
      List<Long> sorted =
          seconds.stream().flatMap(second -> second.latencies.stream()).sorted().toList();
      return sorted.isEmpty() ? 0 : sorted.get((int) (quantile * (sorted.size() - 1))) / 1e6;
    }

    /** One row of a table. */
    String row(String name) {
      return String.format(
          Locale.ROOT,
          "| %s | %.0f | %d..%d | %.1f | %.1f | %.1f | %.0f | %.0f | %d..%d |",
          name,
          goodput(),
          leastGoodput(),
          mostGoodput(),
          successPercent(Priority.CRITICAL),
          successPercent(Priority.NORMAL),
          successPercent(Priority.SHEDDABLE),
          latencyMillis(0.5),
          latencyMillis(0.99),
          lowestLimit(),
          highestLimit());
    }
  }
}
