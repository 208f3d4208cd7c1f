package dev.starling.risk.training;

import dev.starling.risk.Feature;
import dev.starling.risk.Features;
import dev.starling.risk.History;
import dev.starling.risk.PlacedOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Makes up orders of a shop: who orders, how often, what, and whether it turned out risky.
 *
 * <p>A fifth of the orders is somebody's first. The others have a geometric number of orders before
 * them (mean 8), over exponential times (mean 120 days); a tenth of the customers is in haste and
 * orders several times an hour. Amounts are log-normal around what the customer spends usually.
 *
 * <p>The hidden rule, {@link #danger}, is a logit with interactions: a large first order, a burst
 * of orders beyond what the customer spends usually, many pieces of articles that are new to it,
 * dear pieces at night, a history of cancelled orders; old customers are safer. A part of the truth
 * is in no feature, as with real orders: normal noise on the logit, and then a coin with that
 * probability. So no model can be right about all of them.
 *
 * <p>Confined to one thread. {@link Random}'s sequence is specified, so a seed gives the same
 * orders on every JDK.
 */
final class OrderGenerator {
  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");
  private static final double NOISE = 1.0;

  private final Random random;

  OrderGenerator(long seed) {
    this.random = new Random(seed);
  }

  List<Example> examples(int count) {
    return IntStream.range(0, count).mapToObj(i -> example()).toList();
  }

  private Example example() {
    double usual = 45 * StrictMath.exp(0.8 * random.nextGaussian());
    boolean first = random.nextDouble() < 0.2;
    boolean hasty = random.nextDouble() < 0.1;
    Instant at = time();
    int lines = 1 + count(1.2);
    double amount =
        usual
            * StrictMath.exp(0.5 * random.nextGaussian())
            * (random.nextDouble() < 0.08 ? 2 + 6 * random.nextDouble() : 1);
    long quantity = random.nextDouble() < 0.12 ? 4 + count(8) : 1 + count(0.5);
    PlacedOrder order =
        new PlacedOrder(
            new UUID(0, 1),
            new UUID(0, 2),
            amount,
            lines,
            quantity,
            amount * (0.3 + 0.7 * random.nextDouble()) / quantity,
            articles(lines),
            at);
    Features features = Features.of(order, first ? History.NONE : history(order, usual, hasty));
    double probability = Logistic.of(danger(features) + NOISE * random.nextGaussian());
    return new Example(features, random.nextDouble() < probability);
  }

  private History history(PlacedOrder order, double usual, boolean hasty) {
    int orders = Math.min(1 + count(8), History.MAX_ORDERS);
    long seconds = 60 + (long) (Duration.ofDays(120).toSeconds() * exponential());
    int lastHour = hasty ? Math.min(orders, count(1.8)) : Math.min(orders, count(0.03) / 2);
    int lastDay = Math.min(orders, lastHour + (hasty ? count(2) : count(0.15)));
    double mean = usual * StrictMath.exp(0.5 * random.nextGaussian() / StrictMath.sqrt(orders));
    double cancelling = random.nextDouble() < 0.08 ? 0.5 : 0.04;
    int known = chosen(order.articles().size(), 0.35);
    return new History(
        orders,
        chosen(orders, cancelling),
        order.at().minusSeconds(seconds),
        lastHour,
        lastDay,
        mean,
        known);
  }

  /** The logit of the risk that can be seen. */
  private static double danger(Features order) {
    double amount = order.get(Feature.AMOUNT);
    double ratio = order.get(Feature.AMOUNT_RATIO);
    double earlier = order.get(Feature.EARLIER_ORDERS);
    double lastHour = order.get(Feature.ORDERS_LAST_HOUR);
    double danger = -5.2;
    if (earlier == 0 && amount > 120) {
      danger += 3.0;
    }
    if (lastHour >= 2) {
      danger += ratio > 1.5 ? 4.0 : 1.0;
    }
    if (order.get(Feature.MAX_QUANTITY) >= 6) {
      danger += order.get(Feature.NEW_ARTICLES) >= 0.75 ? 2.8 : 0.3;
    }
    if (order.get(Feature.HOUR_OF_DAY) < 5) {
      danger += order.get(Feature.MAX_PRICE) > 50 ? 2.5 : 0.2;
    }
    if (earlier >= 3) {
      danger += 4.5 * order.get(Feature.CANCELLED_SHARE);
    }
    if (order.get(Feature.KNOWN_DAYS) > 180 && earlier > 8) {
      danger -= 1.2;
    }
    return danger + 0.7 * StrictMath.log(Math.max(ratio, 0.1));
  }

  /** Around the early afternoon, and one in six at any hour. */
  private Instant time() {
    double hour =
        random.nextDouble() < 0.17 ? 24 * random.nextDouble() : 14 + 4 * random.nextGaussian();
    long seconds = Math.floorMod((long) (hour * 3600), Duration.ofDays(1).toSeconds());
    return START.plus(Duration.ofDays(random.nextInt(365))).plusSeconds(seconds);
  }

  /** A geometric number with this mean. */
  private int count(double mean) {
    return (int) (exponential() / StrictMath.log1p(1 / mean));
  }

  private double exponential() {
    return -StrictMath.log(1 - random.nextDouble());
  }

  /** How many of so many, each with the same probability. */
  private int chosen(int of, double probability) {
    int chosen = 0;
    for (int i = 0; i < of; i++) {
      chosen += random.nextDouble() < probability ? 1 : 0;
    }
    return chosen;
  }

  private static List<String> articles(int count) {
    List<String> articles = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      articles.add("article-" + i);
    }
    return articles;
  }
}
