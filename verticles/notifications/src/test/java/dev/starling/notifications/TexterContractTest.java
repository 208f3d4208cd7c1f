package dev.starling.notifications;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class TexterContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, NotificationsNode.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new TexterVerticle();
  }
}
