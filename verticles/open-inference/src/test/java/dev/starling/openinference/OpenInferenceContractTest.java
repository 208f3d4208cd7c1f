package dev.starling.openinference;

import dev.starling.sdk.Members;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.VerticleContractTest;

class OpenInferenceContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    node.scope().provide(Members.class, Members.alone("test"));
  }

  @Override
  protected ServiceVerticle verticle() {
    return new OpenInferenceVerticle();
  }
}
