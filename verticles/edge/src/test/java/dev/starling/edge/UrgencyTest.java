package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrgencyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | 0",
        "u=0 | 0",
        "u=3, i | 0",
        "u=4 | 1",
        "u=5;q=1 | 1",
        "i, u=7 | 2",
        "u=6 | 2",
        "u=7, u=1 | 0",
      })
  void ranks_lessUrgentThanUsual_comeAfterOthers(String header, int ranks) {
    assertThat(Urgency.ranks(header)).isEqualTo(ranks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "u", "u=", "u=8", "u=77", "u=-1", "u=7.5", "xu=7", "U=7", "\"u=7\"", ",,,"})
  void ranks_malformed_saysNothing(String header) {
    assertThat(Urgency.ranks(header)).isZero();
  }
}
