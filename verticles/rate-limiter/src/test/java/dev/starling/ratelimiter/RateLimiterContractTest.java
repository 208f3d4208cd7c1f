package dev.starling.ratelimiter;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.VerticleContractTest;

class RateLimiterContractTest extends VerticleContractTest {
  @Override
  protected ServiceVerticle verticle() {
    return new RateLimiterVerticle();
  }
}
