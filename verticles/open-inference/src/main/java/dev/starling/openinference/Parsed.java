package dev.starling.openinference;

/** Input that was looked at. */
sealed interface Parsed<T> {

  /** It can be used. */
  record Good<T>(T value) implements Parsed<T> {}

  /**
   * It cannot.
   *
   * @param detail what is wrong, and what was expected
   */
  record Bad<T>(String detail) implements Parsed<T> {}
}
