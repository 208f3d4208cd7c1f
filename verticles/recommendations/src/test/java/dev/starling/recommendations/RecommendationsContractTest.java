package dev.starling.recommendations;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class RecommendationsContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, RecommendationsContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new RecommendationsVerticle();
  }
}
