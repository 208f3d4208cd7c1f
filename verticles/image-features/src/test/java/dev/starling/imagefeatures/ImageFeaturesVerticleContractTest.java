package dev.starling.imagefeatures;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class ImageFeaturesVerticleContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new ImageFeaturesVerticle();
  }
}
