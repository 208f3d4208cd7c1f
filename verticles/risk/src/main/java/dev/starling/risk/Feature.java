package dev.starling.risk;

import java.util.Locale;

/**
 * What the model is told of an order. A change of a column, or of what it means, is a new model.
 *
 * <p>Amounts are in whole units of the order's currency; currencies are not converted.
 */
public enum Feature {
  AMOUNT(0, 49),
  LINES(1, 2),
  /** The most pieces of one article. */
  MAX_QUANTITY(2, 1),
  /** Of the dearest piece. */
  MAX_PRICE(3, 19),
  /** Days since the user's first order. */
  KNOWN_DAYS(4, 56),
  /** Of the user, at most {@link History#MAX_ORDERS}. */
  EARLIER_ORDERS(5, 4),
  ORDERS_LAST_HOUR(6, 0),
  ORDERS_LAST_DAY(7, 0),
  /** To the mean of the user's earlier orders; 1 when there are none. */
  AMOUNT_RATIO(8, 1),
  /** Of the earlier orders. */
  CANCELLED_SHARE(9, 0),
  /** Of the order's articles, which the user has not ordered before. */
  NEW_ARTICLES(10, 1),
  /** In UTC, 0 to 23. */
  HOUR_OF_DAY(11, 13);

  /** How many there are. */
  public static final int COUNT = values().length;

  private final int column;
  private final float usual;

  Feature(int column, float usual) {
    this.column = column;
    this.usual = usual;
  }

  /** Its place in a row of the model's input, from 0. */
  public int column() {
    return column;
  }

  /** The median of the orders that the model was trained with, rounded. */
  public float usual() {
    return usual;
  }

  /** As in JSON, e.g. {@code orders_last_hour}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
