package dev.starling.contract;

import dev.starling.sdk.Instances;

/** Breaks the rule that contracts know only codecs and the bus. */
public final class PlantedContract {
  private PlantedContract() {}

  static Instances instances() {
    return Instances.PER_LOOP;
  }
}
