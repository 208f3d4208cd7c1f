package dev.starling.cluster.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CertificateExpiryTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void moreThanTwoWeeks_left_needNothing() {
    CertificateExpiry expiry = new CertificateExpiry(NOW.plus(Duration.ofDays(14)));

    assertThat(expiry.needsAction(NOW)).isFalse();
    assertThat(expiry.daysLeft(NOW)).isEqualTo(14.0);
    assertThat(expiry.describe(NOW)).isEqualTo("expires at 2026-03-15T00:00:00Z, in 14 days");
  }

  @Test
  void lessThanTwoWeeks_left_needAction() {
    CertificateExpiry expiry = new CertificateExpiry(NOW.plus(Duration.ofHours(36)));

    assertThat(expiry.needsAction(NOW)).isTrue();
    assertThat(expiry.daysLeft(NOW)).isEqualTo(1.5);
  }

  @Test
  void expired_described_saysWhatFollows() {
    CertificateExpiry expiry = new CertificateExpiry(NOW.minus(Duration.ofDays(2)));

    assertThat(expiry.needsAction(NOW)).isTrue();
    assertThat(expiry.daysLeft(NOW)).isEqualTo(-2.0);
    assertThat(expiry.describe(NOW))
        .isEqualTo("expired at 2026-02-27T00:00:00Z, 2 days ago: peers refuse new connections");
  }
}
