package dev.starling.inferencejobs;

import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.VerticleContractTest;

class InferenceJobsContractTest extends VerticleContractTest {
  @Override
  protected void prepare(TestNode node) {
    TestShards.provide(node, JobsNode.class);
  }

  @Override
  protected ServiceVerticle verticle() {
    return new InferenceJobsVerticle();
  }
}
