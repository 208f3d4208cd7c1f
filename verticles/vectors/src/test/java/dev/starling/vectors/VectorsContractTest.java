package dev.starling.vectors;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class VectorsContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, VectorsContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new VectorsVerticle();
  }
}
