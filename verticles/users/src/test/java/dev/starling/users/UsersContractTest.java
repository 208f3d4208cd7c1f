package dev.starling.users;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.VerticleContractTest;

class UsersContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestDatabase.provide(node, UsersContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new UsersVerticle();
  }
}
