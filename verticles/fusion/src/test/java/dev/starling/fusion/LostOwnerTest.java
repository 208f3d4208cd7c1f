package dev.starling.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.device.FusionEvents;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import dev.starling.sdk.Members;
import dev.starling.testkit.TestServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several nodes that decide for the same users, one after the other or at the same time. */
@Timeout(120)
class LostOwnerTest {

  @Test
  void owner_thatDiesBeforeItDecides_isReplaced() {
    try (FusionNodes nodes = new FusionNodes(LostOwnerTest.class, new NewestImage())) {
      FusionNodes.Node first = nodes.add();
      nodes.add();
      List<UUID> users = new ArrayList<>();
      while (users.size() < 8) {
        UUID user = UUID.randomUUID();
        if (owner(user, "n-1", "n-2").equals(first.id)) {
          users.add(user);
        }
      }
      Instant at = nodes.now();
      for (UUID user : users) {
        nodes.post(
            user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
      }

      first.leave();
      nodes.pass();

      for (UUID user : users) {
        assertThat(nodes.decided(user, "u-1", 1).path("status").asText()).isEqualTo("resolved");
        assertThat(nodes.events(user)).isEqualTo(2);
        assertThat(nodes.decisions(user)).isEqualTo(1);
        assertThat(nodes.told(user, FusionEvents.COMMAND)).hasSize(1);
      }
    }
  }

  @Test
  void owners_twoThatDecideAtOnce_giveOneCommand() {
    Together together = new Together();
    try (FusionNodes nodes = new FusionNodes(LostOwnerTest.class, together)) {
      // Each believes to be alone, and so to be everybody's owner.
      FusionNodes.Node one = nodes.add(false);
      FusionNodes.Node other = nodes.add(false);
      UUID user = UUID.randomUUID();
      Instant at = nodes.now();
      nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));

      nodes.pass();

      nodes.decided(user, "u-1", 1);
      TestServer.await(
          "the other one has tried",
          () ->
              one.counter("fusion.decisions.outrun") + other.counter("fusion.decisions.outrun")
                  == 1);
      assertThat(together.both.getCount()).isZero();
      assertThat(nodes.decisions(user)).isEqualTo(1);
      assertThat(nodes.told(user, FusionEvents.COMMAND)).hasSize(1);
      assertThat(nodes.told(user, FusionNews.DECIDED)).hasSize(1);
    }
  }

  @Test
  void owners_ofThreeNodes_haveAFairShareAndMoveWithTheirNode() {
    List<UUID> users = Stream.generate(UUID::randomUUID).limit(3_000).toList();

    for (String node : List.of("n-1", "n-2", "n-3")) {
      assertThat(users.stream().filter(user -> owner(user, "n-1", "n-2", "n-3").equals(node)))
          .hasSizeBetween(850, 1_150);
    }
    for (UUID user : users) {
      String before = owner(user, "n-1", "n-2", "n-3");
      if (!before.equals("n-2")) {
        assertThat(owner(user, "n-1", "n-3")).isEqualTo(before);
      }
    }
  }

  private static String owner(UUID user, String... nodes) {
    Members members =
        new Members() {
          @Override
          public String self() {
            return nodes[0];
          }

          @Override
          public List<String> serving(String service) {
            return List.of(nodes);
          }
        };
    return new FusionOwners(members).of(user);
  }

  /** Decides when two are at it. */
  private static final class Together implements Resolver {
    private final CountDownLatch both = new CountDownLatch(2);
    private final Resolver resolver = new NewestImage();

    @Override
    public Set<String> wants(Situation situation) {
      return resolver.wants(situation);
    }

    @Override
    public Decision decide(Situation situation) {
      both.countDown();
      try {
        if (!both.await(4, TimeUnit.SECONDS)) {
          throw new IllegalStateException("nobody else decides");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return resolver.decide(situation);
    }
  }
}
