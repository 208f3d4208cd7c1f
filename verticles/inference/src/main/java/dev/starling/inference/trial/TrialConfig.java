package dev.starling.inference.trial;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * How much a trial may take. Immutable.
 *
 * @param memoryMib of address space, besides four times the file
 * @param loadTime of a core, for any file
 * @param loadTimePerMib what each mebibyte of the file adds to it
 * @param runTime of a core, for the runs with the declared shapes
 */
public record TrialConfig(
    int memoryMib, Duration loadTime, Duration loadTimePerMib, Duration runTime) {
  public TrialConfig {
    Bounds.within("memory-mib", memoryMib, 512, 1 << 20);
    require("load-time", loadTime, Duration.ofMillis(100));
    require("load-time-per-mib", loadTimePerMib, Duration.ZERO);
    require("run-time", runTime, Duration.ofMillis(100));
  }

  /** What ends a file that is made to take long within two seconds, start of the JVM included. */
  public static TrialConfig defaults() {
    return new TrialConfig(
        1536, Duration.ofMillis(800), Duration.ofMillis(40), Duration.ofMillis(800));
  }

  private static void require(String key, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          key + ": " + value.toMillis() + "ms (expected: " + least.toMillis() + "ms..1h)");
    }
  }
}
