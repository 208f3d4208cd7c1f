package dev.starling.edge;

import dev.starling.bus.Priority;

/**
 * Bounds how many requests an event loop works on at once, and keeps the last of it for what
 * matters most: as the loop fills up, it stops to take on batches first, then reads, then writes.
 */
final class Admit implements Stage {
  private final int[] limits = new int[Priority.values().length];

  Admit(int maxInFlight) {
    for (Priority priority : Priority.values()) {
      limits[priority.ordinal()] = Math.max(1, (int) (maxInFlight * share(priority)));
    }
  }

  private static double share(Priority priority) {
    return switch (priority) {
      case OPERATIONS -> 1;
      case CRITICAL -> 0.95;
      case NORMAL -> 0.8;
      case SHEDDABLE -> 0.5;
    };
  }

  /** How many requests there may be, one of this priority included. */
  int limit(Priority priority) {
    return limits[priority.ordinal()];
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.inFlight() <= limit(exchange.route().operation().priority())) {
      return true;
    }
    exchange.refuse(EdgeRefusal.OVERLOADED, "too much to do now; nothing was done");
    return false;
  }
}
