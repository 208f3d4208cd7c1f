package dev.starling.ratelimiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The limits of a node: section {@code rate-limiter}.
 *
 * <p>The shipped policies are always there: a configured policy of the same name takes the place of
 * a shipped one, every other one is added. So whoever adds a policy does not lose the limit on
 * sign-in by it; {@code {name: sign-in, windows: []}} turns that off.
 *
 * @param enabled false allows every call and counts nothing
 * @param maxKeys buckets to keep, one for each window and key; 24 bytes each, taken at start
 * @param ipv6Prefix leading bits of an IPv6 address that tell callers apart
 * @param policies every policy that applies to a call must have a permit for it
 */
public record RateLimiterConfig(
    boolean enabled, int maxKeys, int ipv6Prefix, List<PolicyConfig> policies) {
  public static final int MIN_KEYS = 1024;
  public static final int MAX_KEYS = 50_000_000;
  private static final int MAX_POLICIES = 100;

  /*
   * default: more than a node can serve, so that nothing is refused until an operator chooses a
   * number, while every answer already says which policy it counted in.
   * sign-in: a person mistypes a password a few times; 20 tries a minute are enough for a household
   * and hopeless for guessing.
   * sign-up: each account costs a slow hash and a row for ever; the hour's window stops a patient
   * script that the minute's lets pass, and still lets a class or an office register.
   * token-refresh: an open client refreshes every few minutes, so this serves several hundred of
   * them behind one address.
   */
  private static final List<PolicyConfig> SHIPPED =
      List.of(
          new PolicyConfig(
              "default",
              List.of(KeyPart.CONSUMER),
              List.of(),
              List.of(WindowConfig.of(1_000_000, Duration.ofSeconds(1)))),
          new PolicyConfig(
              "sign-in",
              List.of(KeyPart.IP),
              List.of("auth.token"),
              List.of(WindowConfig.of(20, Duration.ofMinutes(1)))),
          new PolicyConfig(
              "sign-up",
              List.of(KeyPart.IP),
              List.of("auth.signup"),
              List.of(
                  WindowConfig.of(20, Duration.ofMinutes(1)),
                  WindowConfig.of(200, Duration.ofHours(1)))),
          new PolicyConfig(
              "token-refresh",
              List.of(KeyPart.IP),
              List.of("auth.refresh"),
              List.of(WindowConfig.of(120, Duration.ofMinutes(1)))));

  public RateLimiterConfig {
    if (maxKeys < MIN_KEYS || maxKeys > MAX_KEYS) {
      throw new IllegalArgumentException(
          "max-keys: " + maxKeys + " (expected: " + MIN_KEYS + ".." + MAX_KEYS + ")");
    }
    if (ipv6Prefix < 16 || ipv6Prefix > 64) {
      throw new IllegalArgumentException("ipv6-prefix: " + ipv6Prefix + " (expected: 16..64)");
    }
    if (policies == null || policies.size() > MAX_POLICIES) {
      throw new IllegalArgumentException(
          "policies: "
              + (policies == null ? "missing" : policies.size())
              + " (expected: a list of at most "
              + MAX_POLICIES
              + ")");
    }
    policies = PolicyConfig.entries("policies", policies, "a policy");
    requireDistinctNames(policies);
    policies = withShipped(policies);
    requireDistinctWindowNames(policies);
  }

  /** The shipped policies, and room for 200,000 keys. */
  public static RateLimiterConfig defaults() {
    return new RateLimiterConfig(true, 200_000, 64, SHIPPED);
  }

  private static List<PolicyConfig> withShipped(List<PolicyConfig> configured) {
    List<PolicyConfig> all = new ArrayList<>();
    for (PolicyConfig shipped : SHIPPED) {
      if (configured.stream().noneMatch(policy -> policy.name().equals(shipped.name()))) {
        all.add(shipped);
      }
    }
    all.addAll(configured);
    return List.copyOf(all);
  }

  private static void requireDistinctNames(List<PolicyConfig> policies) {
    Set<String> names = new HashSet<>();
    for (PolicyConfig policy : policies) {
      if (!names.add(policy.name())) {
        throw new IllegalArgumentException(
            "policies: two named '" + policy.name() + "' (expected: each name once)");
      }
    }
  }

  private static void requireDistinctWindowNames(List<PolicyConfig> policies) {
    Set<String> names = new HashSet<>();
    for (PolicyConfig policy : policies) {
      for (WindowConfig window : policy.windows()) {
        if (!names.add(policy.windowName(window))) {
          throw new IllegalArgumentException(
              "policies: '"
                  + policy.windowName(window)
                  + "' names two windows (expected: no policy named like a window of another)");
        }
      }
    }
  }
}
