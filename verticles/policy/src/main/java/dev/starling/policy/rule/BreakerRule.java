package dev.starling.policy.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When something that fails is not asked any more, and when it is tried again.
 *
 * @param dependency what is called: {@link Dependencies}; null for a service
 * @param service the name of a service on the bus; null for a dependency
 * @param window how far back calls are looked at; whole seconds
 * @param minimumCalls fewer calls in the window say nothing
 * @param failurePercent so many failures of 100 calls open it
 * @param slowCall what takes longer is slow
 * @param slowPercent so many slow ones of 100 calls open it
 * @param sleep how long it stays open the first time; doubled each time, up to {@code maxSleep}
 * @param halfOpenCalls trials that may be under way at once, all of which must succeed
 */
public record BreakerRule(
    String name,
    @Nullable String dependency,
    @Nullable String service,
    Duration window,
    int minimumCalls,
    int failurePercent,
    Duration slowCall,
    int slowPercent,
    Duration sleep,
    Duration maxSleep,
    int halfOpenCalls)
    implements Named {
  private static final Duration SECOND = Duration.ofSeconds(1);

  public BreakerRule {
    Expect.name("name", name);
    if ((dependency == null) == (service == null)) {
      throw Expect.refusal(
          "dependency",
          dependency == null ? null : "beside a service",
          "one of dependency and service");
    }
    if (dependency != null) {
      Dependencies.require(dependency);
    }
    if (service != null && !service.matches(Patterns.SERVICE)) {
      throw Expect.refusal("service", service, "the name of a service on the bus");
    }
    Expect.range("window", window, SECOND, Duration.ofMinutes(10));
    if (window.toNanosPart() != 0) {
      throw Expect.refusal("window", Expect.text(window), "whole seconds");
    }
    Expect.range("minimum-calls", minimumCalls, 1, 1_000_000);
    Expect.range("failure-percent", failurePercent, 1, 100);
    Expect.range("slow-call", slowCall, Duration.ofMillis(1), Duration.ofMinutes(10));
    Expect.range("slow-percent", slowPercent, 1, 100);
    Expect.range("sleep", sleep, Duration.ofMillis(10), Duration.ofHours(1));
    Expect.range("max-sleep", maxSleep, sleep, Duration.ofHours(1));
    Expect.range("half-open-calls", halfOpenCalls, 1, 1000);
  }

  /** With the numbers that hold unless a file says otherwise. */
  public static BreakerRule ofDependency(String name, String dependency) {
    return new BreakerRule(
        name,
        dependency,
        null,
        Duration.ofSeconds(10),
        20,
        50,
        SECOND,
        80,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        3);
  }

  /** The same for one of several that are the same kind of dependency, e.g. one database. */
  public BreakerRule of(String instance) {
    return new BreakerRule(
        Dependencies.ruleOf(name, instance),
        dependency,
        service,
        window,
        minimumCalls,
        failurePercent,
        slowCall,
        slowPercent,
        sleep,
        maxSleep,
        halfOpenCalls);
  }
}
