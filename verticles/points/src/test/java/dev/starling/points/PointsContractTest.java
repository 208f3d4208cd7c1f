package dev.starling.points;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class PointsContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, PointsContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new PointsVerticle();
  }
}
