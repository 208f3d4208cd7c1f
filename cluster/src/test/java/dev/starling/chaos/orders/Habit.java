package dev.starling.chaos.orders;

import java.util.Random;

/** What shoppers do, and how often: the weights are shares of a hundred. */
enum Habit {
  /** Places an order under a new key, and asks again until it knows what became of it. */
  PLACE(36),
  /** Places an order twice at once, as an impatient client does. */
  PLACE_TWICE(5),
  /** Places an order again that was placed. */
  REPLAY(5),
  /** Uses the key of an order for another one. */
  REUSE_KEY(4),
  /** Reads an order. */
  READ(20),
  /** Reads the first page of orders. */
  BROWSE(8),
  /** Cancels an order. */
  CANCEL(10),
  /** Looks how many of an article are left. */
  LOOK(12);

  private static final int ALL = 100;

  private final int weight;

  Habit(int weight) {
    this.weight = weight;
  }

  static Habit choose(Random random) {
    int left = random.nextInt(ALL);
    for (Habit habit : values()) {
      left -= habit.weight;
      if (left < 0) {
        return habit;
      }
    }
    throw new IllegalStateException("weights are less than " + ALL + " together");
  }
}
