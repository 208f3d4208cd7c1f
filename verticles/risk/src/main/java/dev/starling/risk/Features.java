package dev.starling.risk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A value for each {@link Feature}: one row of the model's input. Immutable. */
public final class Features {
  private static final double SECONDS_A_DAY = Duration.ofDays(1).toSeconds();

  private final float[] values;

  private Features(float[] values) {
    this.values = values;
  }

  /** Describes an order by itself and by what came before it. */
  public static Features of(PlacedOrder order, History history) {
    float[] row = new float[Feature.COUNT];
    set(row, Feature.AMOUNT, order.amount());
    set(row, Feature.LINES, order.lines());
    set(row, Feature.MAX_QUANTITY, (double) order.maxQuantity());
    set(row, Feature.MAX_PRICE, order.maxPrice());
    set(row, Feature.KNOWN_DAYS, days(history.first(), order.at()));
    set(row, Feature.EARLIER_ORDERS, history.orders());
    set(row, Feature.ORDERS_LAST_HOUR, history.lastHour());
    set(row, Feature.ORDERS_LAST_DAY, history.lastDay());
    set(
        row,
        Feature.AMOUNT_RATIO,
        history.meanAmount() > 0 ? order.amount() / history.meanAmount() : 1);
    set(row, Feature.CANCELLED_SHARE, share(history.cancelled(), history.orders()));
    int articles = order.articles().size();
    set(row, Feature.NEW_ARTICLES, share(articles - history.knownArticles(), articles));
    set(row, Feature.HOUR_OF_DAY, order.at().atOffset(ZoneOffset.UTC).getHour());
    return new Features(row);
  }

  /** With these values, in the order of the features. */
  static Features of(float[] row) {
    if (row.length != Feature.COUNT) {
      throw new IllegalArgumentException(
          "features: " + row.length + " (expected: " + Feature.COUNT + ")");
    }
    return new Features(row.clone());
  }

  public float get(Feature feature) {
    return values[feature.column()];
  }

  /** The same but for one of them. */
  Features with(Feature feature, float value) {
    float[] row = values.clone();
    row[feature.column()] = value;
    return new Features(row);
  }

  /** A new array, in the order of the features. */
  public float[] row() {
    return values.clone();
  }

  private static void set(float[] row, Feature feature, double value) {
    row[feature.column()] = (float) value;
  }

  private static double days(@Nullable Instant first, Instant at) {
    return first == null ? 0 : Math.max(0, Duration.between(first, at).toSeconds() / SECONDS_A_DAY);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : Math.max(0, part) / (double) whole;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Features features && Arrays.equals(values, features.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
