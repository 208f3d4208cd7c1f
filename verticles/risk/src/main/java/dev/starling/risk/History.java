package dev.starling.risk;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a user did before an order. Immutable.
 *
 * @param orders earlier ones, at most {@link #MAX_ORDERS}: the newest
 * @param cancelled of these, before the order was placed
 * @param first when the very first was placed; null without one
 * @param lastHour how many of them were in the hour before the order
 * @param lastDay likewise in the day before it
 * @param meanAmount of them; 0 without one
 * @param knownArticles how many of the order's articles were ordered before
 */
public record History(
    int orders,
    int cancelled,
    @Nullable Instant first,
    int lastHour,
    int lastDay,
    double meanAmount,
    int knownArticles) {
  /** Looking at more says nothing new, and a user may have millions. */
  public static final int MAX_ORDERS = 1_000;

  /** Of somebody who has never ordered. */
  public static final History NONE =
      new History(0, 0, /* first= */ null, 0, 0, /* meanAmount= */ 0, 0);
}
