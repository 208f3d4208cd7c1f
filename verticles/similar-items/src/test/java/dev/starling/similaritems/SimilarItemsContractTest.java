package dev.starling.similaritems;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class SimilarItemsContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, SimilarItemsContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new SimilarItemsVerticle();
  }
}
