package dev.starling.orders;

/** What a stock-keeping unit is called. */
final class Sku {
  static final String PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
  static final String EXPECTATION =
      "must be 1 to 64 of A-Z, a-z, 0-9 and ._-, beginning with a letter or digit";

  private Sku() {}
}
