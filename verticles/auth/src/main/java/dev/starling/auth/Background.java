package dev.starling.auth;

import dev.starling.bus.CallContext;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Calls that no client waits for. */
final class Background {
  private Background() {}

  /** A call of this service's own, which may be repeated and comes after everybody else's. */
  static CallContext call(Duration limit) {
    return CallContext.expiringAt(
            System.nanoTime() + limit.toNanos(), TraceContext.start(ThreadLocalRandom.current()))
        .withPriority(Priority.SHEDDABLE);
  }
}
