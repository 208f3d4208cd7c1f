package dev.starling.points;

import dev.starling.sdk.Bounds;

/**
 * The section {@code points} of a node's configuration. Immutable.
 *
 * @param perUnit points for each whole unit of the currency, e.g. for each euro
 */
public record PointsConfig(int perUnit) {
  public PointsConfig {
    Bounds.within("per-unit", perUnit, 0, 1_000);
  }

  public static PointsConfig defaults() {
    return new PointsConfig(1);
  }
}
