package dev.starling.ping;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class PingContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new PingVerticle();
  }
}
