package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTrafficTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private final RouteTraffic traffic = new RouteTraffic();
  private final TrafficCounts oneLoop = traffic.count("search.find");
  private final TrafficCounts otherLoop = traffic.count("search.find");
  private final TrafficCounts other = traffic.count("users.get");

  @Test
  void figures_ofASecond_areOfAllLoops() {
    ask();
    traffic.turn(SECOND);
    for (int i = 0; i < 30; i++) {
      oneLoop.arrived();
      oneLoop.answered(200, 10 * MILLI);
      otherLoop.arrived();
      otherLoop.answered(i < 15 ? 503 : 200, 30 * MILLI);
    }
    otherLoop.arrived();
    other.arrived();
    other.answered(200, 1000 * MILLI);
    traffic.turn(3 * SECOND);

    assertThat(traffic.requestsPerSecond("search.find")).isEqualTo(30.5);
    assertThat(traffic.requestsPerSecond("")).isEqualTo(31);
    assertThat(traffic.inFlight("search.find")).isEqualTo(1);
    assertThat(traffic.errorPercent("search.find")).isEqualTo(25);
    assertThat(traffic.latencyP50Millis("search.find"))
        .isCloseTo(10, Percentage.withPercentage(13));
    assertThat(traffic.latencyP50Millis("users.get"))
        .isCloseTo(1000, Percentage.withPercentage(13));
  }

  @Test
  void figures_ofTheNextSecond_forgetTheLast() {
    ask();
    traffic.turn(SECOND);
    oneLoop.arrived();
    oneLoop.answered(500, MILLI);
    traffic.turn(2 * SECOND);
    traffic.turn(3 * SECOND);

    assertThat(traffic.requestsPerSecond("search.find")).isZero();
    assertThat(traffic.errorPercent("search.find")).isZero();
    assertThat(traffic.latencyP50Millis("search.find")).isZero();
  }

  @Test
  void errorPercent_whatPolicyRefused_isNotAmongTheAnswers() {
    ask();
    traffic.turn(SECOND);
    for (int i = 0; i < 10; i++) {
      oneLoop.arrived();
      oneLoop.ended();
    }
    oneLoop.arrived();
    oneLoop.answered(500, MILLI);
    traffic.turn(2 * SECOND);

    assertThat(traffic.errorPercent("search.find")).isEqualTo(100);
    assertThat(traffic.requestsPerSecond("search.find")).isEqualTo(11);
    assertThat(traffic.inFlight("search.find")).isZero();
  }

  @Test
  void figures_ofAnUnknownOperation_areZero() {
    assertThat(traffic.requestsPerSecond("no.such")).isZero();
    assertThat(traffic.inFlight("no.such")).isZero();
    assertThat(traffic.latencyP50Millis("no.such")).isZero();
    assertThat(traffic.errorPercent("no.such")).isZero();
  }

  @Test
  void count_moreOperationsThanAreKept_countsThoseThatAreKnownOnAllLoops() {
    for (int i = 0; i < RouteTraffic.MAX_OPERATIONS; i++) {
      traffic.count("crowd.get" + i);
    }
    TrafficCounts lateLoop = traffic.count("search.find");
    TrafficCounts beyond = traffic.count("late.get");
    lateLoop.arrived();
    beyond.arrived();

    assertThat(traffic.inFlight("search.find")).isEqualTo(1);
    assertThat(traffic.inFlight("late.get")).as("for the node only").isZero();
    assertThat(traffic.inFlight("")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 5, 17, 333, 1_000, 40_000, 999_999, 10_000_000, 60_000_000})
  void bucket_ofAnyDuration_isWithinAnEighthOfIt(long micros) {
    double millis = TrafficCounts.millis(TrafficCounts.bucket(micros * 1000));

    assertThat(millis * 1000).isCloseTo(micros, within(Math.max(1, micros / 8.0)));
  }

  @Test
  void bucket_extremes_areCounted() {
    assertThat(TrafficCounts.bucket(0)).isZero();
    assertThat(TrafficCounts.bucket(Long.MAX_VALUE)).isEqualTo(TrafficCounts.BUCKETS - 1);
  }

  /** What a rule asks about is counted from the first time. */
  private void ask() {
    traffic.requestsPerSecond("search.find");
    traffic.requestsPerSecond("users.get");
    traffic.requestsPerSecond("");
  }
}
