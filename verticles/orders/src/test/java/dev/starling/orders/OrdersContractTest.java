package dev.starling.orders;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class OrdersContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, OrdersNode.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new OrdersVerticle();
  }
}
