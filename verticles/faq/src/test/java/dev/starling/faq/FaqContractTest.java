package dev.starling.faq;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestVectors;
import dev.starling.testkit.VerticleContractTest;

class FaqContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    new TestVectors(node, TestVectors.words(384)).serve();
  }

  @Override
  protected ServiceVerticle verticle() {
    return new FaqVerticle();
  }
}
