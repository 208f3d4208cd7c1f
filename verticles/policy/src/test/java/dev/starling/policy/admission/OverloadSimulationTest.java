package dev.starling.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What the guards are for, in virtual time and with fixed seeds; the report is compared with the
 * one that is committed.
 */
class OverloadSimulationTest {
  private static final Path REPORT = Path.of("src/test/resources/overload-report.md");
  private static final int BEFORE = 20;
  private static final int OVERLOAD = 60;
  private static final int AFTER = 20;
  private static final int END = BEFORE + OVERLOAD + AFTER;

  @Test
  void overload_fiveTimesTheCapacity_serves90PercentOfIt() {
    Log log = overload(1, true);

    Log.Span overload = log.span(BEFORE, BEFORE + OVERLOAD);
    assertThat(overload.goodput()).isGreaterThan(0.9 * OverloadSimulation.CAPACITY);
    assertThat(overload.successPercent(Priority.CRITICAL)).isGreaterThan(99);
  }

  @Test
  void overload_withoutGuards_collapses() {
    Log log = overload(1, false);

    assertThat(log.span(BEFORE + 2, END).goodput())
        .as("every request is answered, each of them too late")
        .isLessThan(0.05 * OverloadSimulation.CAPACITY);
  }

  @Test
  void overload_whenItEnds_isForgottenWithinFiveSeconds() {
    Log log = overload(1, true);

    int end = BEFORE + OVERLOAD;
    Log.Span settled = log.span(end + 5, END);
    assertThat(settled.successPercent(Priority.NORMAL)).isGreaterThan(99);
    assertThat(settled.successPercent(Priority.SHEDDABLE)).isGreaterThan(99);
    assertThat(settled.latencyMillis(0.5))
        .isLessThan(1.5 * log.span(BEFORE - 10, BEFORE).latencyMillis(0.5));
  }

  @Test
  void overload_whileItLasts_isServedSteadily() {
    for (long seed = 1; seed <= 5; seed++) {
      Log.Span steady = overload(seed, true).span(BEFORE + 5, BEFORE + OVERLOAD);

      assertThat(steady.leastGoodput())
          .as("seed %s: the second with the least goodput, of the mean", seed)
          .isGreaterThan((int) (0.8 * steady.goodput()));
      assertThat(steady.latencyMillis(0.99)).isLessThan(150);
    }
  }

  @Test
  void overload_thatLasts_isNotLearnedAsTheNormalState() {
    Log log = new OverloadSimulation(2, true).run(20, 0.8).run(300, 2).log();

    assertThat(log.span(260, 319).latencyMillis(0.5))
        .isLessThan(1.2 * log.span(30, 90).latencyMillis(0.5));
  }

  @Test
  void simulation_report_isTheCommittedOne() throws IOException {
    String report = report();

    Path written = Path.of("target/overload-report.md");
    Files.writeString(written, report);
    assertThat(REPORT).as("if the difference is meant, copy %s", written).hasContent(report);
  }

  private static String report() {
    StringBuilder report = new StringBuilder();
    report.append(
        """
        # Overload, simulated

        Written by `OverloadSimulationTest`. 20 workers, 10 ms a call: a capacity of 2,000/s. 20 s
        at 0.8 of it, 60 s at five times it, 20 s at 0.8. A tenth of the requests is critical, three
        tenths are sheddable. Goodput is answers within 1 s; latency is that of goodput.

        | | goodput/s | by second | critical % | normal % | sheddable % | p50 ms | p99 ms | limit |
        |---|---|---|---|---|---|---|---|---|
        """);
    for (boolean guarded : new boolean[] {false, true}) {
      Log log = overload(1, guarded);
      String name = guarded ? "guarded" : "unguarded";
      line(report, log.span(10, BEFORE).row(name + ", before"));
      line(report, log.span(BEFORE, BEFORE + 5).row(name + ", first 5 s of overload"));
      line(report, log.span(BEFORE + 5, BEFORE + OVERLOAD).row(name + ", overload"));
      line(report, log.span(BEFORE + OVERLOAD, BEFORE + OVERLOAD + 5).row(name + ", 5 s after"));
      line(report, log.span(BEFORE + OVERLOAD + 5, END).row(name + ", later"));
    }
    report.append(
        """

        A service that becomes three times as slow for good, at 0.25 of the first capacity:

        | | goodput/s | by second | critical % | normal % | sheddable % | p50 ms | p99 ms | limit |
        |---|---|---|---|---|---|---|---|---|
        """);
    Log slower = slowerForGood();
    line(report, slower.span(10, 20).row("before"));
    line(report, slower.span(20, 35).row("the first 15 s"));
    line(report, slower.span(45, 120).row("after 25 s"));
    return report.toString();
  }

  private static void line(StringBuilder report, String row) {
    report.append(row).append('\n');
  }

  private static Log slowerForGood() {
    return new OverloadSimulation(3, true).run(20, 0.25).slower(3).run(100, 0.25).log();
  }

  private static Log overload(long seed, boolean guarded) {
    return new OverloadSimulation(seed, guarded)
        .run(BEFORE, 0.8)
        .run(OVERLOAD, 5)
        .run(AFTER + 1, 0.8)
        .log();
  }
}
