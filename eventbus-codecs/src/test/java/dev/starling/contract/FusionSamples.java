package dev.starling.contract;

import dev.starling.contract.ContractSamples.Sample;
import dev.starling.contract.fusion.FusionContract;
import dev.starling.contract.fusion.FusionContract.Decided;
import dev.starling.contract.fusion.FusionContract.DueUtterance;
import dev.starling.contract.fusion.FusionContract.Explain;
import dev.starling.contract.fusion.FusionContract.Explained;
import dev.starling.contract.fusion.FusionContract.Heard;
import dev.starling.contract.fusion.FusionContract.NotExplained;
import dev.starling.contract.fusion.FusionContract.Noticed;
import java.util.List;

/** The messages of fusion, like {@link ContractSamples}. */
final class FusionSamples {
  private static final String USER = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private FusionSamples() {}

  static List<Sample<?>> all() {
    return List.of(
        new Sample<>(
            "fusion-noticed",
            FusionContract.noticed("n-1").request(),
            new Noticed(
                USER,
                List.of(new DueUtterance("/devices/phone-1", "é-17", 1_800_000_000_123L)),
                true)),
        new Sample<>("fusion-heard", FusionContract.noticed("n-1").reply(), new Heard()),
        new Sample<>(
            "fusion-decided",
            FusionContract.DECIDED.codec(),
            new Decided(USER, "/devices/phone-1", "é-17", 300)),
        new Sample<>(
            "fusion-explain",
            FusionContract.EXPLAIN.request(),
            new Explain(USER, "/devices/phone-1", "é-17")),
        new Sample<>(
            "fusion-explained",
            FusionContract.EXPLAIN.reply(),
            new Explained("{\"considered\":3}")),
        new Sample<>(
            "fusion-not-explained",
            FusionContract.EXPLAIN.reply(),
            new NotExplained("there is no such decision")));
  }
}
