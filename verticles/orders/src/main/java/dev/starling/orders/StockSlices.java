package dev.starling.orders;

/**
 * How an article's stock is divided: over all shards when it is new, and towards one of them when
 * it has too little. Without state.
 */
final class StockSlices {
  /**
   * Brought over beyond what is needed, of what the others keep: then the next one need not ask.
   */
  private static final int SPARE_PART = 4;

  private StockSlices() {}

  /**
   * Divides stock as evenly as it goes.
   *
   * @param total not negative
   * @param turn which slice gets the first odd piece, so that not all articles favour the same one
   */
  static long[] spread(long total, int slices, int turn) {
    long[] each = new long[slices];
    long odd = total % slices;
    for (int i = 0; i < slices; i++) {
      int place = Math.floorMod(i - turn, slices);
      each[i] = total / slices + (place < odd ? 1 : 0);
    }
    return each;
  }

  /**
   * What each slice gives so that slice {@code to} has what it wants, and a quarter of the rest;
   * everything when there is less than it wants. The larger a slice the more it gives.
   *
   * @param available of each slice, not negative
   * @param to the one that receives, or -1 for one elsewhere
   * @param wanted what {@code to} needs in all
   * @return what each gives; nothing from {@code to}
   */
  static long[] gather(long[] available, int to, long wanted) {
    long own = to < 0 ? 0 : available[to];
    long others = 0;
    for (int i = 0; i < available.length; i++) {
      others += i == to ? 0 : available[i];
    }
    long missing = Math.max(0, wanted - own);
    long moved = missing >= others ? others : missing + (others - missing) / SPARE_PART;
    return shareOut(available, to, moved, others);
  }

  /**
   * In proportion, rounded down; what is left of {@code moved} comes from the first that have it.
   */
  private static long[] shareOut(long[] available, int to, long moved, long others) {
    long[] gives = new long[available.length];
    long left = moved;
    for (int i = 0; i < available.length; i++) {
      if (i != to && others > 0) {
        gives[i] = (long) ((double) available[i] / others * moved);
        gives[i] = Math.min(gives[i], Math.min(available[i], left));
        left -= gives[i];
      }
    }
    for (int i = 0; i < available.length && left > 0; i++) {
      if (i != to) {
        long more = Math.min(left, available[i] - gives[i]);
        gives[i] += more;
        left -= more;
      }
    }
    return gives;
  }
}
