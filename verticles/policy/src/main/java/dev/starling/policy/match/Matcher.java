package dev.starling.policy.match;

import dev.starling.policy.rule.Match;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Match}, compiled: one half looks at routes, the other at callers. Immutable.
 *
 * <p>Mismatches are explained in the form {@code key: value (the rule has: …)}.
 */
public final class Matcher {
  private final Match match;
  private final List<PathPattern> paths;
  private final Set<String> consumers;
  private final Set<String> tenants;
  private final Set<String> tiers;
  private final List<Cidr> networks;

  private Matcher(Match match) {
    this.match = match;
    this.paths = match.path().stream().map(PathPattern::parse).toList();
    this.consumers = Set.copyOf(match.consumer());
    this.tenants = Set.copyOf(match.tenant());
    this.tiers = Set.copyOf(match.tier());
    this.networks = match.ip().stream().map(Cidr::parse).toList();
  }

  public static Matcher of(Match match) {
    return new Matcher(match);
  }

  /** Whether callers are looked at. */
  public boolean isDynamic() {
    return match.isDynamic();
  }

  /** Why it cannot apply to calls of this route; null when it can. */
  public @Nullable String mismatch(PolicyRoute route) {
    if (!match.method().isEmpty() && !match.method().contains(route.method())) {
      return reason("method", route.method(), match.method());
    }
    if (!paths.isEmpty() && paths.stream().noneMatch(path -> path.matches(route.path()))) {
      return reason("path", route.path(), match.path());
    }
    if (!match.operation().isEmpty()
        && match.operation().stream()
            .noneMatch(pattern -> OperationPattern.matches(pattern, route.operation()))) {
      return reason("operation", route.operation(), match.operation());
    }
    if (route.open() && match.needsIdentity()) {
      return "the route is open, so nobody signs in (the rule names who)";
    }
    return null;
  }

  /** Whether it applies to a caller, on a route to whose calls it can apply. */
  public boolean fits(Caller caller) {
    return fits(consumers, caller.consumer())
        && fits(tenants, caller.tenant())
        && fits(tiers, caller.tier())
        && fitsAddress(caller.address());
  }

  /** Why it does not apply to this caller; null when it does. */
  public @Nullable String mismatch(Caller caller) {
    if (!fits(consumers, caller.consumer())) {
      return reason("consumer", caller.consumer(), match.consumer());
    } else if (!fits(tenants, caller.tenant())) {
      return reason("tenant", caller.tenant(), match.tenant());
    } else if (!fits(tiers, caller.tier())) {
      return reason("tier", caller.tier(), match.tier());
    }
    return fitsAddress(caller.address()) ? null : reason("ip", caller.address(), match.ip());
  }

  private static boolean fits(Set<String> wanted, String given) {
    return wanted.isEmpty() || wanted.contains(given);
  }

  private boolean fitsAddress(String text) {
    if (networks.isEmpty()) {
      return true;
    }
    byte @Nullable [] address = text.isEmpty() ? null : Cidr.address(text);
    if (address != null) {
      for (Cidr network : networks) {
        if (network.contains(address)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String reason(String key, String given, List<String> wanted) {
    return "%s: %s (the rule has: %s)"
        .formatted(key, given.isEmpty() ? "none" : given, String.join(", ", wanted));
  }
}
