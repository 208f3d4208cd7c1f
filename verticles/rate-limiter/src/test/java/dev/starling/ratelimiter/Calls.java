package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Calls and policies that several tests make. */
final class Calls {
  static final long SECOND = 1_000_000_000;

  private Calls() {}

  static Spend by(String consumer) {
    return new Spend(consumer, "users.get", "192.0.2.1", 1);
  }

  static Spend anonymous(String address) {
    return new Spend("", "users.get", address, 1);
  }

  static Spend at(String route) {
    return new Spend("ann", route, "192.0.2.1", 1);
  }

  static Spend costing(Spend call, int cost) {
    return new Spend(call.consumer(), call.route(), call.clientAddress(), cost);
  }

  static WindowConfig window(long quota, int seconds) {
    return WindowConfig.of(quota, Duration.ofSeconds(seconds));
  }

  static PolicyConfig per(KeyPart part, String name, WindowConfig... windows) {
    return new PolicyConfig(name, List.of(part), List.of(), List.of(windows));
  }

  /** Limits with these policies and no shipped one. */
  static NodeLimits limits(PolicyConfig... policies) {
    return limits(RateLimiterConfig.MIN_KEYS, policies);
  }

  static NodeLimits limits(int maxKeys, PolicyConfig... policies) {
    return new NodeLimits(config(maxKeys, policies), new Random(1));
  }

  static RateLimiterConfig config(int maxKeys, PolicyConfig... policies) {
    List<PolicyConfig> all = new ArrayList<>(List.of(policies));
    Set<String> names = all.stream().map(PolicyConfig::name).collect(Collectors.toSet());
    RateLimiterConfig.defaults().policies().stream()
        .filter(shipped -> !names.contains(shipped.name()))
        .forEach(shipped -> all.add(off(shipped.name())));
    return new RateLimiterConfig(true, maxKeys, 64, all);
  }

  static PolicyConfig off(String name) {
    return new PolicyConfig(name, List.of(), List.of(), List.of());
  }

  /** What is left in a window, which the decision must name. */
  static long remaining(Decision decision, String window) {
    return decision.windows().stream()
        .filter(candidate -> candidate.policy().equals(window))
        .mapToLong(Window::remaining)
        .findFirst()
        .orElseThrow();
  }
}
