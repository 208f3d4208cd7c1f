package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.sockets.PeerSockets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members in processes of their own, killed and frozen by the operating system. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MemberProcessIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final MembershipConfig config = TestNode.freshCluster();
  private MemberProcess coordinator;
  private TestNode here;
  private MemberProcess last;

  /** What this process takes part with. */
  PeerSockets sockets() {
    return TestNode.plain();
  }

  /** The directory that the other processes have theirs from; empty for none. */
  List<String> certificates() {
    return List.of();
  }

  @BeforeEach
  void startThreeMembers() throws IOException, InterruptedException, TimeoutException {
    PeerSockets sockets = sockets();
    coordinator = MemberProcess.start(config, certificates());
    here = TestNode.start(config, sockets);
    here.serve("on-" + here.id());
    last = MemberProcess.start(config, certificates());
    awaitNodes(Set.of(coordinator.id, here.id(), last.id));
  }

  @AfterEach
  void endThem() throws InterruptedException, TimeoutException {
    last.close();
    coordinator.close();
    here.close();
  }

  @Test
  void killedMember_isLeftByTheOthersWithItsRegistrations() {
    assertThat(here.ask("on-" + last.id)).isEqualTo(last.id);
    assertThat(coordinator.ask("on-" + last.id)).isEqualTo(last.id);

    last.kill();

    assertLost(last.id, coordinator);
  }

  @Test
  void killedCoordinator_isLeftByTheOthersWithItsRegistrations() {
    assertThat(here.ask("on-" + coordinator.id)).isEqualTo(coordinator.id);

    coordinator.kill();

    assertLost(coordinator.id, last);
  }

  @Test
  void frozenMember_thawed_isReachableAgainWithoutRestart() throws Exception {
    freezeAndThaw(last, coordinator);
  }

  @Test
  void frozenCoordinator_thawed_isReachableAgainWithoutRestart() throws Exception {
    freezeAndThaw(coordinator, last);
  }

  private void freezeAndThaw(MemberProcess frozen, MemberProcess other) throws Exception {
    assertThat(here.ask("on-" + frozen.id)).isEqualTo(frozen.id);
    frozen.freeze();
    try {
      assertLost(frozen.id, other);
    } finally {
      frozen.thaw();
    }

    Set<String> all = Set.of(frozen.id, here.id(), other.id);
    awaitNodes(all);
    Await.until(LIMIT, "merged at the other", () -> other.nodes().equals(all), other::nodes);
    awaitAnswer(() -> here.ask("on-" + frozen.id), frozen.id);
    awaitAnswer(() -> other.ask("on-" + frozen.id), frozen.id);
    awaitAnswer(() -> frozen.ask("on-" + here.id()), here.id());
    awaitAnswer(() -> frozen.ask("on-" + other.id), other.id);
    assertThat(here.news).containsSubsequence("-" + frozen.id, "+" + frozen.id);
  }

  private void assertLost(String id, MemberProcess other) {
    awaitNodes(Set.of(here.id(), other.id));
    Await.until(LIMIT, "nodeLeft", () -> here.news.contains("-" + id), () -> here.news);
    Set<String> rest = Set.of(here.id(), other.id);
    Await.until(LIMIT, "left at the other", () -> other.nodes().equals(rest), other::nodes);
    assertThat(here.servers("on-" + id)).isEmpty();
    assertThat(here.ask("on-" + id)).isEqualTo("ReplyException");
    assertThat(other.ask("on-" + here.id())).isEqualTo(here.id());
  }

  private void awaitNodes(Set<String> ids) {
    Await.until(LIMIT, "nodes " + ids, () -> here.nodes().equals(ids), here::nodes);
  }

  private static void awaitAnswer(Supplier<String> ask, String expected) {
    Await.until(LIMIT, "answer of " + expected, () -> ask.get().equals(expected), ask::get);
  }
}
