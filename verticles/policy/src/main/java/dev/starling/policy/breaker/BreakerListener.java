package dev.starling.policy.breaker;

/** Hears of a breaker's changes, on the thread whose call made them; must be quick. */
@FunctionalInterface
public interface BreakerListener {

  /** Called once for each change; {@code after} is what the breaker became. */
  void changed(CircuitBreaker breaker, BreakerReport after);
}
