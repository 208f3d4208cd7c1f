package dev.starling.recommendations;

import java.util.List;

/**
 * The articles that go best with what a user bought.
 *
 * @param partial whether a database was left out because it did not answer
 */
record Recommended(List<Ranking.Item> items, boolean partial) {
  /** The most that a client may ask for. */
  static final int MAX_ITEMS = 50;
}
