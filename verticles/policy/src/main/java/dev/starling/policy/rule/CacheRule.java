package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whose answers are remembered. Only answers to {@code GET} are.
 *
 * @param ttl how long an answer is fresh
 * @param staleWhileRevalidate how long after that it is given while a newer one is fetched
 * @param staleIfError how long after {@code ttl} it is given when no newer one can be had
 * @param vary what tells answers apart besides the target: request headers in lower case, {@code
 *     consumer}, {@code tenant}
 * @param maxEntries answers that a node keeps for the rule
 * @param maxBodyBytes a larger answer is not remembered
 * @param shared what one caller may see all may see, although they must sign in
 */
public record CacheRule(
    String name,
    Match match,
    Duration ttl,
    Duration staleWhileRevalidate,
    Duration staleIfError,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> vary,
    int maxEntries,
    int maxBodyBytes,
    Store store,
    boolean shared)
    implements Named, Matched {
  public static final String CONSUMER = "consumer";
  public static final String TENANT = "tenant";

  private static final Pattern HEADER = Pattern.compile(Patterns.VARY);

  /** Where answers are kept. */
  public enum Store {
    /** In the node's memory. */
    LOCAL,
    /** In Redis, for all nodes. */
    REDIS;

    @JsonCreator
    static Store parse(String text) {
      return Words.parse(values(), text);
    }

    /** The name in the file. */
    @Override
    @JsonValue
    public String toString() {
      return Words.of(this);
    }
  }

  public CacheRule {
    Expect.name("name", name);
    if (!match.method().isEmpty() && !match.method().equals(List.of("GET"))) {
      throw Expect.refusal("match.method", match.method(), "GET, since nothing else is cached");
    }
    Expect.range("ttl", ttl, Duration.ofMillis(1), Expect.DAY);
    Expect.range("stale-while-revalidate", staleWhileRevalidate, Duration.ZERO, Expect.DAY);
    Expect.range("stale-if-error", staleIfError, Duration.ZERO, Expect.DAY);
    vary =
        Expect.entries(
            "vary",
            vary,
            entry -> HEADER.matcher(entry).matches(),
            "consumer, tenant, or a header's name in lower case");
    Expect.range("max-entries", maxEntries, 1, 1_000_000);
    Expect.range("max-body-bytes", maxBodyBytes, 1, 16 << 20);
  }

  /** Kept on the node, 1,000 answers of at most 64 KiB, never stale. */
  public static CacheRule of(String name, Match match, Duration ttl) {
    return new CacheRule(
        name,
        match,
        ttl,
        Duration.ZERO,
        Duration.ZERO,
        List.of(),
        1000,
        64 << 10,
        Store.LOCAL,
        false);
  }

  /**
   * Whether nobody can be given what another caller was answered and he may not see.
   *
   * @param open whether nobody has to sign in
   */
  public boolean keepsSecrets(boolean open) {
    return open || shared || vary.contains(CONSUMER) || vary.contains(TENANT);
  }
}
