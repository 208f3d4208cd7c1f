package dev.starling.greeting;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class GreetingContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new GreetingVerticle();
  }
}
