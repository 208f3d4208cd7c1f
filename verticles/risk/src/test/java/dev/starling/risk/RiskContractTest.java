package dev.starling.risk;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class RiskContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, RiskContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new RiskVerticle();
  }
}
