package dev.starling.openinference;

/** Ends the reading of input that cannot be used; readers turn it into {@link Parsed.Bad}. */
final class Unusable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param detail what is wrong, and what was expected
   */
  Unusable(String detail) {
    super(detail, null, false, false);
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
