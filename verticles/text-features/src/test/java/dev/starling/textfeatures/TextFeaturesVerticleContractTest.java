package dev.starling.textfeatures;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class TextFeaturesVerticleContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new TextFeaturesVerticle();
  }
}
