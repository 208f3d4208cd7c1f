package dev.starling.edge;

import dev.starling.bus.Priority;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.Shed;

/**
 * Refuses what the node has no room for, the least important first, before anything is spent on it:
 * no token is looked at, nobody is called.
 *
 * <p>First each event loop bounds how many requests it works on, and keeps the last of it for what
 * matters most; then the node looks at its memory, at how late its loops are, and at the calls in
 * flight of the route's class. Who calls is not known yet, so a request counts as the best that any
 * caller of its route could send; {@link RankCaller} looks again.
 */
final class ShedLoad implements Stage {
  private final int[] limits = new int[Priority.values().length];

  ShedLoad(int maxInFlight) {
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

  /** How many requests there may be on one loop, one of this priority included. */
  int limit(Priority priority) {
    return limits[priority.ordinal()];
  }

  @Override
  public boolean enter(Exchange exchange) {
    Priority priority = exchange.priority();
    int most = limit(priority);
    if (exchange.inFlight() > most) {
      int retryAfter = exchange.loop().retryAfterSeconds(exchange.startNanos());
      exchange.refuse(PolicyRefusal.full(most, exchange.inFlight(), priority, retryAfter));
      return false;
    }
    RouteRules rules = exchange.rules();
    ConcurrencyLimiter limiter = rules.limiterAtOnce(exchange.caller());
    Shed shed =
        rules.guards().admit(limiter, priority, exchange.loop().random, exchange.startNanos());
    if (shed != null) {
      exchange.refuse(PolicyRefusal.shed(shed, priority, exchange.inFlight()));
      return false;
    }
    exchange.place(limiter);
    return true;
  }
}
