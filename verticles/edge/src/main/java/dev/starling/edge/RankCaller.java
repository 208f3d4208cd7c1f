package dev.starling.edge;

import dev.starling.bus.Priority;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.Shed;
import org.jspecify.annotations.Nullable;

/**
 * Applies the rules that depend on who calls: from here on the request has their deadline and
 * priority. One that is worth less than any caller's best is asked about again, since what was
 * admitted was the best.
 */
final class RankCaller implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    RouteRules rules = exchange.rules();
    if (rules.isSettledAtOnce()) {
      return true;
    }
    Priority before = exchange.priority();
    exchange.identified();
    ConcurrencyLimiter limiter = rules.limiter(exchange.caller());
    if (exchange.priority() == before && limiter == exchange.place()) {
      return true;
    }
    long now = System.nanoTime();
    Shed shed = null;
    if (exchange.priority() != before) {
      ConcurrencyLimiter stays = limiter == exchange.place() ? limiter : null;
      shed = rules.guards().lower(stays, before, exchange.priority(), exchange.loop().random, now);
    }
    if (shed == null && limiter != exchange.place()) {
      shed = enter(exchange, limiter, now);
    }
    if (shed != null) {
      exchange.refuse(PolicyRefusal.shed(shed, exchange.priority(), exchange.inFlight()));
      return false;
    }
    return true;
  }

  /** Takes a place in the caller's class, which was not known before. */
  private static @Nullable Shed enter(
      Exchange exchange, @Nullable ConcurrencyLimiter limiter, long nowNanos) {
    Shed shed =
        exchange
            .rules()
            .guards()
            .enterClass(limiter, exchange.priority(), exchange.loop().random, nowNanos);
    if (shed == null) {
      exchange.leavePlace(nowNanos);
      exchange.place(limiter);
    }
    return shed;
  }
}
