package dev.starling.edge;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.VerticleContractTest;

class EdgeContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    node.settings().putObject("http").put("host", "127.0.0.1").put("port", 0);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new EdgeVerticle();
  }
}
