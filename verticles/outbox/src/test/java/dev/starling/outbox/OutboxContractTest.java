package dev.starling.outbox;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class OutboxContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, OutboxContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new OutboxVerticle();
  }
}
