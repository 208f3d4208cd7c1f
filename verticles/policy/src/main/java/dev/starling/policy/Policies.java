package dev.starling.policy;

import dev.starling.policy.file.PolicyFile;
import dev.starling.policy.file.PolicyReader;
import dev.starling.policy.file.ShippedLimits;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.Matcher;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.CostRule;
import dev.starling.policy.rule.DeadlineRule;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.PriorityRule;
import dev.starling.policy.rule.SheddingRule;
import dev.starling.policy.rule.TierRule;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the traffic policy: the rules of one file, and what follows from them for each
 * route. Immutable but for what it remembers of routes; thread-safe.
 */
public final class Policies {
  /** The version of the shipped rules, which hold without a file. */
  public static final String SHIPPED = "shipped";

  private static final Policies NO_FILE = new Policies(PolicyFile.EMPTY, SHIPPED);

  /** Routes come from services, not from clients; what is beyond is worked out each time. */
  private static final int MAX_ROUTES = 10_000;

  /** 48 bits tell the versions of one file apart. */
  private static final int VERSION_BYTES = 6;

  private final PolicyFile file;
  private final String version;
  private final List<LimitRule> limits;
  private final Map<String, String> tierOfConsumer = new HashMap<>();
  private final Map<String, String> tierOfTenant = new HashMap<>();
  private final Map<PolicyRoute, RoutePolicy> routes = new ConcurrentHashMap<>();
  private final List<Compiled<LimitRule>> compiledLimits;
  private final List<Compiled<BulkheadRule>> compiledBulkheads;
  private final List<Compiled<CostRule>> compiledCosts;
  private final List<Compiled<CacheRule>> compiledCaches;
  private final List<Compiled<DeadlineRule>> compiledDeadlines;
  private final List<Compiled<PriorityRule>> compiledPriorities;
  private final List<Compiled<ConcurrencyRule>> compiledConcurrency;
  private final List<Compiled<DegradationRule>> compiledDegradation;

  /** What came of reading a policy. */
  public sealed interface Parsed {
    record Good(Policies policies) implements Parsed {}

    /**
     * @param mistakes one or more; each is one line that names the file, the rule and the key
     */
    record Bad(List<String> mistakes) implements Parsed {
      public Bad {
        mistakes = List.copyOf(mistakes);
      }
    }
  }

  private Policies(PolicyFile file, String version) {
    this.file = file;
    this.version = version;
    this.limits = ShippedLimits.with(file.limits());
    for (TierRule tier : file.tiers()) {
      tier.consumers().forEach(consumer -> tierOfConsumer.put(consumer, tier.name()));
      tier.tenants().forEach(tenant -> tierOfTenant.put(tenant, tier.name()));
    }
    this.compiledLimits =
        Compiled.all(limits.stream().filter(limit -> !limit.rate().isOff()).toList());
    this.compiledBulkheads =
        file.bulkheads().stream()
            .flatMap(bulkhead -> compiled(bulkhead, bulkhead.match()).stream())
            .toList();
    this.compiledCosts = Compiled.all(file.costs());
    this.compiledCaches = Compiled.all(file.caches());
    this.compiledDeadlines = Compiled.all(file.deadlines());
    this.compiledPriorities = Compiled.all(file.priorities());
    this.compiledConcurrency = Compiled.all(file.concurrency());
    this.compiledDegradation = Compiled.all(file.degradation());
  }

  /** The rules that hold without a file. */
  public static Policies shipped() {
    return NO_FILE;
  }

  /**
   * Reads a policy from the text of a file.
   *
   * @param source what the file is called in messages
   */
  public static Parsed parse(String source, String text) {
    PolicyReader.Outcome outcome = PolicyReader.read(source, text);
    if (outcome instanceof PolicyReader.Outcome.Valid valid) {
      return new Parsed.Good(new Policies(valid.file(), versionOf(text)));
    }
    return new Parsed.Bad(((PolicyReader.Outcome.Invalid) outcome).mistakes());
  }

  /** Reads a file. Blocks for the file system. */
  public static Parsed load(Path path) {
    try {
      if (Files.size(path) > PolicyReader.MAX_BYTES) {
        return new Parsed.Bad(List.of(path + ": larger than 1 MiB (expected: a policy file)"));
      }
      return parse(path.toString(), Files.readString(path));
    } catch (CharacterCodingException e) {
      return new Parsed.Bad(List.of(path + ": not UTF-8 (expected: a YAML file)"));
    } catch (IOException e) {
      return new Parsed.Bad(List.of(path + ": cannot be read (expected: a readable YAML file)"));
    }
  }

  /** Tells snapshots apart: a hash of the file, or {@link #SHIPPED}. */
  public String version() {
    return version;
  }

  /** The rules as they are written, without the shipped ones. */
  public PolicyFile file() {
    return file;
  }

  /** All limits, the shipped ones that hold first, then those of the file. */
  public List<LimitRule> limits() {
    return limits;
  }

  public List<BreakerRule> breakers() {
    return file.breakers();
  }

  public List<ConcurrencyRule> concurrency() {
    return file.concurrency();
  }

  public List<DegradationRule> degradation() {
    return file.degradation();
  }

  public SheddingRule shedding() {
    return file.shedding();
  }

  /**
   * Somebody who calls, of the tier that the file says, or else the token.
   *
   * @param consumer the verified subject; empty for an anonymous caller
   * @param tenant empty for none
   * @param claimedTier what the token says; empty for nothing
   * @param address IP address as text
   */
  public Caller caller(String consumer, String tenant, String claimedTier, String address) {
    String tier = tierOfConsumer.get(consumer);
    if (tier == null) {
      tier = tierOfTenant.getOrDefault(tenant, claimedTier);
    }
    return new Caller(consumer, tenant, tier, address);
  }

  /** What holds for a route; the same object each time. */
  public RoutePolicy forRoute(PolicyRoute route) {
    RoutePolicy known = routes.get(route);
    if (known != null) {
      return known;
    }
    RoutePolicy made = resolve(route);
    if (routes.size() >= MAX_ROUTES) {
      return made;
    }
    RoutePolicy other = routes.putIfAbsent(route, made);
    return other == null ? made : other;
  }

  /** Says of each rule whether it holds for a call, and if not, why. */
  public Explanation explain(PolicyRoute route, Caller caller) {
    return new Explainer(this, route, caller).explain();
  }

  private RoutePolicy resolve(PolicyRoute route) {
    List<Compiled<CacheRule>> caches =
        compiledCaches.stream()
            .filter(
                cache ->
                    cacheMismatch(cache.rule(), cache.matcher().mismatch(route), route) == null)
            .toList();
    return new RoutePolicy(
        route,
        RuleSet.all(on(route, compiledLimits)),
        RuleSet.first(on(route, compiledCosts)),
        RuleSet.all(on(route, compiledBulkheads)),
        RuleSet.first(caches),
        RuleSet.first(on(route, compiledDeadlines)),
        RuleSet.first(on(route, compiledPriorities)),
        RuleSet.first(on(route, compiledConcurrency)),
        RuleSet.all(on(route, compiledDegradation)));
  }

  private static <T> List<Compiled<T>> on(PolicyRoute route, List<Compiled<T>> rules) {
    return rules.stream().filter(rule -> rule.matcher().mismatch(route) == null).toList();
  }

  /** Why a rule cannot keep answers of a route; null when it can. */
  static @Nullable String cacheMismatch(
      CacheRule rule, @Nullable String mismatch, PolicyRoute route) {
    if (mismatch != null) {
      return mismatch;
    } else if (!route.method().equals("GET")) {
      return "method: " + route.method() + " (only GET is cached)";
    }
    return rule.keepsSecrets(route.open())
        ? null
        : "vary: neither consumer nor tenant, but callers must sign in (or say shared: true)";
  }

  private static List<Compiled<BulkheadRule>> compiled(BulkheadRule rule, @Nullable Match match) {
    return match == null ? List.of() : List.of(new Compiled<>(rule, Matcher.of(match)));
  }

  private static String versionOf(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
