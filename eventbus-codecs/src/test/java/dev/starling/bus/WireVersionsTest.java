package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WireVersionsTest {
  private final WireVersions versions = new WireVersions(2);

  @Test
  void nodeThatHasHeardNobody_writesTheOldest() {
    assertThat(versions.written()).isEqualTo(1);
    assertThat(versions.reads(2)).isTrue();
  }

  @Test
  void nodeAmongNewerOnes_writesItsOwnNewest() {
    versions.agree(List.of(3, 4));

    assertThat(versions.written()).isEqualTo(2);
  }

  @Test
  void nodeWithAnOlderOneAmongOthers_writesWhatThatReads() {
    versions.agree(List.of(2, 1, 2));
    assertThat(versions.written()).isEqualTo(1);

    versions.agree(List.of(2, 2));
    assertThat(versions.written()).as("when the older one has gone").isEqualTo(2);
  }

  @Test
  void nodeAlone_writesItsNewest() {
    versions.agree(List.of());

    assertThat(versions.written()).isEqualTo(2);
  }

  @Test
  void nodeThatIsHeldBack_isLikeAnOlderOne() {
    WireVersions older = new WireVersions(1);
    older.agree(List.of(2, 2));

    assertThat(older.written()).isEqualTo(1);
    assertThat(older.reads(2)).isFalse();
    assertThat(older).hasToString("1");
  }

  @Test
  void nonsenseFromAPeer_neverLowersItBelowTheOldest() {
    versions.agree(List.of(0));

    assertThat(versions.written()).isEqualTo(1);
  }
}
