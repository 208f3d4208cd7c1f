package dev.starling.cluster.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RefusalsTest {
  private final List<String> lines = new ArrayList<>();
  private long now;
  private final Refusals refusals = new Refusals(() -> now, lines::add);

  @Test
  void sameHostAndReason_withinAMinute_isToldOnceAndCounted() {
    refusals.report("10.0.0.1", "no certificate");
    refusals.report("10.0.0.1", "no certificate");

    assertThat(lines)
        .containsExactly(
            "No cluster connection with 10.0.0.1: no certificate. Repeated ones are only counted.");
    assertThat(refusals.count()).isEqualTo(2);
  }

  @Test
  void sameHostAndReason_aMinuteLater_isToldAgain() {
    refusals.report("10.0.0.1", "no certificate");
    now += TimeUnit.MINUTES.toNanos(1);
    refusals.report("10.0.0.1", "no certificate");

    assertThat(lines).hasSize(2);
  }

  @Test
  void manyHosts_withinAMinute_areToldUpToTheBound() {
    for (int host = 0; host < 1000; host++) {
      refusals.report("10.0.0." + host, "no certificate");
    }

    assertThat(lines).hasSize(Refusals.MAX_PAIRS);
    assertThat(refusals.count()).isEqualTo(1000);
  }
}
