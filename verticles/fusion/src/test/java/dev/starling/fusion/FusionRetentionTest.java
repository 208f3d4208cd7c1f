package dev.starling.fusion;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.testkit.TestServer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FusionRetentionTest {

  @Test
  void sweep_whatIsOld_isDeletedAndWhatIsYoungStays() {
    try (FusionNodes nodes = new FusionNodes(FusionRetentionTest.class, new NewestImage())) {
      nodes.add();
      UUID user = UUID.randomUUID();
      nodes.post(
          user,
          nodes.image("i-1", nodes.now()),
          nodes.done("b-1", nodes.now(), "touched"),
          nodes.said("u-1", nodes.now(), "wallpaper"));
      nodes.pass();
      nodes.decided(user, "u-1", 1);
      nodes.clock().advance(Duration.ofDays(8));
      TestServer.await("the window is closed", () -> nodes.due(user) == 0);
      nodes.post(user, nodes.image("i-2", nodes.now()));
      FusionRetention retention =
          new FusionRetention(
              ShardDatabaseConfig.HOME,
              nodes.shards(),
              Duration.ofDays(7),
              nodes.clock(),
              System::nanoTime);

      await(retention.sweep(term(nodes)));

      assertThat(nodes.events(user)).isEqualTo(1);
      assertThat(nodes.decisions(user)).isZero();
    }
  }

  private static Term term(FusionNodes nodes) {
    Singletons singletons =
        await(
            Singletons.of(
                nodes.base().scope(),
                nodes.base().vertx(),
                nodes.postgres(),
                ShardDatabaseConfig.HOME));
    Ownership ownership = await(singletons.join("fusion.retention-test"));
    nodes.base().onClose(ownership::leave);
    Term term = ownership.term();
    if (term == null) {
      throw new AssertionError("somebody else is the owner");
    }
    return term;
  }
}
