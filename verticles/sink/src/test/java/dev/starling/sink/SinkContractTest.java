package dev.starling.sink;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class SinkContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, SinkContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new SinkVerticle();
  }
}
