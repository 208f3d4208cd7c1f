package dev.starling.vectors.index;

/** What became of input that had to be looked at. */
public sealed interface Checked<T> {

  record Valid<T>(T value) implements Checked<T> {}

  /**
   * @param detail for whoever sent it: what it was and what was expected
   */
  record Wrong<T>(String detail) implements Checked<T> {}
}
