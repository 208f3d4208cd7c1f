package dev.starling.inferencejobs;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class InferenceCallbacksContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new InferenceCallbacksVerticle();
  }
}
