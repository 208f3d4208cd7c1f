package dev.starling.cluster.tls;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a certificate is still good, in an operator's words. Immutable; the time is passed in.
 *
 * @param expires when it is no longer good
 */
public record CertificateExpiry(Instant expires) {
  /** Two weeks: a holiday may pass before somebody reads the log. */
  static final Duration SOON = Duration.ofDays(14);

  /** Days from now on, with fractions; negative when it has expired. */
  public double daysLeft(Instant now) {
    return Duration.between(now, expires).toSeconds() / 86_400.0;
  }

  /** True when the operator must do something. */
  public boolean needsAction(Instant now) {
    return Duration.between(now, expires).compareTo(SOON) < 0;
  }

  /** One line. */
  public String describe(Instant now) {
    Duration left = Duration.between(now, expires);
    return left.isNegative()
        ? "expired at %s, %d days ago: peers refuse new connections"
            .formatted(expires, left.negated().toDays())
        : "expires at %s, in %d days".formatted(expires, left.toDays());
  }
}
