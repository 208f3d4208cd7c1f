package dev.starling.auth;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.VerticleContractTest;

class AuthContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestDatabase.provide(node, AuthContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new AuthVerticle();
  }
}
