package dev.starling.devices;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class DeviceWebhooksContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, DevicesNode.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new DeviceWebhooksVerticle();
  }
}
