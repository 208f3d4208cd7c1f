package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.starling.policy.match.Cidr;
import dev.starling.policy.match.PathPattern;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a rule applies. Of each list one entry must fit, and all lists must; an empty one fits
 * everything.
 *
 * <p>{@code method}, {@code path} and {@code operation} depend on the route alone; the others are
 * looked at for each call.
 *
 * @param method HTTP methods, in upper case
 * @param path compared with the route's template: {@code *} stands for one segment, {@code {…}} for
 *     one that is a parameter, a last {@code **} for any rest, also for none
 * @param operation ids, {@code *} standing for any characters, e.g. {@code users.*}
 * @param consumer subjects of tokens
 * @param tenant tenants of consumers
 * @param tier names of tiers
 * @param ip addresses and networks, e.g. {@code 10.0.0.0/8}
 */
public record Match(
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> method,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> operation,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> consumer,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> tenant,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> tier,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> ip) {
  /** HEAD and OPTIONS are answered by the edge and are no operations. */
  public static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

  private static final Pattern OPERATION = Pattern.compile(Patterns.OPERATION);

  /** What identifies somebody: visible, and short enough for a header. */
  private static final Pattern IDENTITY = Pattern.compile("\\P{Cntrl}{1,256}");

  public static final Match EVERYTHING =
      new Match(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public Match {
    method = Expect.entries("method", method, METHODS::contains, "GET, POST, PUT, PATCH or DELETE");
    path =
        Expect.entries(
            "path",
            path,
            PathPattern::isValid,
            "a path such as /v1/users/*, /v1/users/{id} or /v1/**");
    operation =
        Expect.entries(
            "operation",
            operation,
            id -> OPERATION.matcher(id).matches(),
            "an operation's id such as users.get or auth.*");
    consumer = identities("consumer", consumer);
    tenant = identities("tenant", tenant);
    tier = identities("tier", tier);
    ip =
        Expect.entries(
            "ip", ip, Cidr::isValid, "an address or a network such as 10.0.0.0/8 or fd00::/8");
  }

  /** Everything that one operation does, or all whose ids fit when there is a {@code *}. */
  public static Match operation(String id) {
    return new Match(List.of(), List.of(), List.of(id), List.of(), List.of(), List.of(), List.of());
  }

  /** Whether somebody must have signed in for it to apply. */
  public boolean needsIdentity() {
    return !(consumer.isEmpty() && tenant.isEmpty() && tier.isEmpty());
  }

  /** Whether it depends on more than the route. */
  @JsonIgnore
  public boolean isDynamic() {
    return needsIdentity() || !ip.isEmpty();
  }

  static List<String> identities(String key, List<String> entries) {
    return Expect.entries(
        key, entries, text -> IDENTITY.matcher(text).matches(), "1..256 visible characters");
  }
}
