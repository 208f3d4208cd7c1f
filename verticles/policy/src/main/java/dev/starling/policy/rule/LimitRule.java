package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often something may be called. Every limit that matches must have room for a call.
 *
 * @param per what calls are counted by; several are counted in combination
 * @param rate how many in which windows; empty turns the limit off
 * @param burst of a token bucket: the permits of the shortest window that can be saved up and spent
 *     at once; null for as many as flow in during it
 * @param maxDelay of a leaky bucket: the longest that a call waits for its turn; null for any other
 *     algorithm
 * @param policy who counts together
 * @param shadow counts and reports, but refuses nothing
 */
public record LimitRule(
    String name,
    Match match,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Per> per,
    Rate rate,
    @Nullable Long burst,
    @Nullable Duration maxDelay,
    Algorithm algorithm,
    Sharing policy,
    boolean shadow)
    implements Named, Matched {
  private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  public LimitRule {
    Expect.name("name", name);
    per = Expect.entries("per", per, Objects::nonNull, "ip, consumer, tenant, route");
    if (rate == null) {
      throw Expect.refusal("rate", null, "permits such as {second: 10}, or {} to turn it off");
    }
    if (per.isEmpty() && !rate.isOff()) {
      throw Expect.refusal("per", null, "ip, consumer, tenant, route, or a list of them");
    }
    if (burst != null) {
      if (algorithm != Algorithm.TOKEN_BUCKET) {
        throw Expect.refusal("burst", burst, "only with algorithm: token-bucket");
      }
      Expect.range("burst", burst, 1, Rate.MAX_PERMITS);
      requireFills(rate, burst);
    }
    if (algorithm == Algorithm.LEAKY_BUCKET) {
      maxDelay = maxDelay == null ? DEFAULT_DELAY : maxDelay;
      Expect.range("max-delay", maxDelay, Duration.ZERO, LONGEST_DELAY);
    } else if (maxDelay != null) {
      throw Expect.refusal("max-delay", Expect.text(maxDelay), "only with algorithm: leaky-bucket");
    }
  }

  /** A token bucket on this node. */
  public static LimitRule of(String name, Match match, Per per, Rate rate) {
    return new LimitRule(
        name, match, List.of(per), rate, null, null, Algorithm.TOKEN_BUCKET, Sharing.LOCAL, false);
  }

  /** The permits of one of the windows that can be spent at once. */
  public long burstOf(Rate.Window window) {
    Long given = burst;
    return given != null && window.equals(rate.windows().get(0)) ? given : window.permits();
  }

  /** The name of a window: the limit's, and its length where there are several. */
  public String windowName(Rate.Window window) {
    return rate.windows().size() == 1 ? name : name + "-" + window.text();
  }

  private static void requireFills(Rate rate, long burst) {
    if (rate.isOff()) {
      return;
    }
    Rate.Window shortest = rate.windows().get(0);
    BigInteger fill =
        BigInteger.valueOf(shortest.length().toSeconds()).multiply(BigInteger.valueOf(burst));
    BigInteger longest =
        BigInteger.valueOf(Rate.LONGEST.toSeconds())
            .multiply(BigInteger.valueOf(shortest.permits()));
    if (fill.compareTo(longest) > 0) {
      throw Expect.refusal("burst", burst, "permits that flow in within 366 days");
    }
  }
}
