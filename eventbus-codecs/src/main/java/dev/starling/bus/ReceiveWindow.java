package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * Counts what one end has received against what it has granted, and decides when to grant more: not
 * for each item, but when half of a window can be given back. Not thread-safe.
 */
final class ReceiveWindow {
  private final int windowItems;
  private final int windowBytes;
  private long items;
  private long bytes;
  private long takenItems;
  private long takenBytes;
  private Credit granted;

  ReceiveWindow(int windowItems, int windowBytes) {
    this.windowItems = windowItems;
    this.windowBytes = windowBytes;
    this.granted = new Credit(windowItems, windowBytes);
  }

  /** What the peer may send at the beginning, or may by the last grant. */
  Credit granted() {
    return granted;
  }

  /** How many items have come. */
  long items() {
    return items;
  }

  /** Counts an item in; null, or how it breaks the rules. */
  @Nullable String receive(long number, int size) {
    if (number != items + 1) {
      return "item number: " + number + " (expected: " + (items + 1) + ")";
    }
    if (items >= granted.items() || bytes >= granted.bytes()) {
      return "item "
          + number
          + " is beyond the credit (expected: <= "
          + granted.items()
          + " items, "
          + granted.bytes()
          + " bytes)";
    }
    items++;
    bytes += size;
    return null;
  }

  /** Null, or that items were lost on the way. */
  @Nullable String check(long sent) {
    return sent == items
        ? null
        : "items: " + items + " arrived (expected: " + sent + ", as many as were sent)";
  }

  /** All that has come has been taken; true when that is worth a grant. */
  boolean take() {
    takenItems = items;
    takenBytes = bytes;
    boolean worth =
        takenItems + windowItems - granted.items() >= (windowItems + 1) / 2
            || takenBytes + windowBytes - granted.bytes() >= (windowBytes + 1) / 2;
    if (worth) {
      granted = new Credit(takenItems + windowItems, takenBytes + windowBytes);
    }
    return worth;
  }
}
