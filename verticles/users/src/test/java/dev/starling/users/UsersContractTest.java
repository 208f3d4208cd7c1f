package dev.starling.users;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class UsersContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, UsersContractTest.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new UsersVerticle();
  }
}
