package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {
  private static final long MILLI = 1_000_000;

  private final Acknowledgements acknowledgements = new Acknowledgements();

  @Test
  void request_accepted_countsItsEventsAndItsTime() {
    end(202, 10, 4);
    end(202, 10, 8);

    assertThat(acknowledgements.events()).isEqualTo(20);
    assertThat(acknowledgements.failed()).isZero();
    assertThat(acknowledgements.millis(50)).isBetween(3.9, 4.1);
    assertThat(acknowledgements.slowestMillis()).isBetween(7.9, 8.1);
  }

  @Test
  void request_answeredOtherwise_isNoAcknowledgement() {
    end(200, 10, 1);
    end(503, 10, 1);
    end(503, 10, 1);
    end(0, 10, 20_000);

    assertThat(acknowledgements.offered()).isEqualTo(4);
    assertThat(acknowledgements.events()).isZero();
    assertThat(acknowledgements.others()).isEqualTo(Map.of(0, 1L, 200, 1L, 503, 2L));
  }

  private void end(int status, int events, long millis) {
    acknowledgements.offer();
    acknowledgements.end(status, events, millis * MILLI);
  }
}
