package dev.starling.inference.engine;

import java.util.List;

/**
 * Rows of a request, which are run together.
 *
 * @param inputs in the graph's order, or the tokenizer's only one
 * @param from the first of them
 * @param count 1 or more
 * @param whole true when the inputs are to be run as they are, and have no rows: the count is 1
 */
record Rows(List<Input> inputs, int from, int count, boolean whole) {

  static Rows of(List<Input> inputs, int from, int count) {
    return new Rows(inputs, from, count, false);
  }

  static Rows whole(List<Input> inputs) {
    return new Rows(inputs, 0, 1, true);
  }
}
