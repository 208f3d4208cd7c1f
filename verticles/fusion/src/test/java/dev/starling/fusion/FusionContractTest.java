package dev.starling.fusion;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class FusionContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, FusionContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new FusionVerticle();
  }
}
