package dev.starling.inference;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.VerticleContractTest;

class InferenceContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new InferenceVerticle();
  }

  @Override
  protected void prepare(TestNode node) {
    node.settings().putObject("inference").put("shipped", false);
  }
}
