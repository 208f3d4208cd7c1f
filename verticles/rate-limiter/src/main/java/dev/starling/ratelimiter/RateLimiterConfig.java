package dev.starling.ratelimiter;

import static dev.starling.sdk.Bounds.within;

/**
 * The limiter of a node: section {@code rate-limiter}. What is limited is in the policy file.
 *
 * @param enabled false allows every call and counts nothing
 * @param maxKeys buckets to keep, one for each window and key; 24 bytes each, taken at start
 * @param ipv6Prefix leading bits of an IPv6 address that tell callers apart
 */
public record RateLimiterConfig(boolean enabled, int maxKeys, int ipv6Prefix) {
  static final int MIN_KEYS = 1024;
  private static final int MAX_KEYS = 50_000_000;

  public RateLimiterConfig {
    within("max-keys", maxKeys, MIN_KEYS, MAX_KEYS);
    within("ipv6-prefix", ipv6Prefix, 16, 64);
  }

  /** Room for 200,000 keys. */
  public static RateLimiterConfig defaults() {
    return new RateLimiterConfig(true, 200_000, 64);
  }
}
