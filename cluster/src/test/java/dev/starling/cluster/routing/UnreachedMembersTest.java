package dev.starling.cluster.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.node.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an operator hears of members that cannot be called. */
class UnreachedMembersTest {
  private static final Set<String> MEMBERS = Set.of("n-1");

  private final UnreachedMembers unreached = new UnreachedMembers();
  private final PeerTable peers =
      new PeerTable("self", PeerTable.Limits.defaults(), transition -> {});
  private long now = 1_000_000_000_000L;
  private long sequence;

  @Test
  void member_neverHeard_isToldOfAfterTenSecondsAndEachMinute() {
    assertThat(look()).isEmpty();
    pass(Duration.ofMillis(9_999));
    assertThat(look()).isEmpty();

    pass(Duration.ofMillis(1));
    assertThat(look())
        .containsExactly(
            "n-1 has been a member for 10 s that cannot be called: no heartbeat of it has arrived");
    assertThat(look()).isEmpty();

    pass(UnreachedMembers.AGAIN);
    assertThat(look()).singleElement().asString().contains("for 70 s");
  }

  @Test
  void member_heardThatAnswersNoCanary_isToldOfWithWhatBecameOfIt() {
    look();
    unreached.canaryFailed("n-1", "UNAVAILABLE: no handler");
    pass(UnreachedMembers.PATIENCE);
    hear(Heartbeat.State.SERVING);

    assertThat(look())
        .containsExactly(
            "n-1 has been a member for 10 s that cannot be called: it is heard and answers no"
                + " canary (UNAVAILABLE: no handler)");
  }

  @Test
  void member_heardOnce_isToldOfWithTheAgeOfItsHeartbeat() {
    hear(Heartbeat.State.JOINING);
    look();
    pass(Duration.ofSeconds(10));
    look();
    pass(Duration.ofSeconds(10));

    assertThat(look())
        .containsExactly(
            "n-1 has been a member for 10 s that cannot be called: its last heartbeat is 20 s old");
  }

  @Test
  void member_thatStillStarts_isAsItShouldBe() {
    for (int second = 0; second < 30; second++) {
      hear(Heartbeat.State.JOINING);
      assertThat(look()).isEmpty();
      pass(Duration.ofSeconds(1));
    }
  }

  @Test
  void member_thatIsServedOrGone_isForgotten() {
    look();
    pass(Duration.ofSeconds(9));
    hear(Heartbeat.State.SERVING);
    peers.canaryAnswered("n-1");
    peers.canaryAnswered("n-1");
    assertThat(look()).isEmpty();

    pass(Duration.ofSeconds(9));
    assertThat(unreached.look(Set.of(), List.of(), now)).isEmpty();
    pass(Duration.ofSeconds(9));
    peers.lost("n-1", "left the cluster");
    assertThat(look()).isEmpty();
  }

  private List<String> look() {
    return unreached.look(MEMBERS, peers.all(), now);
  }

  private void hear(Heartbeat.State state) {
    peers.heard(Beats.beat("n-1", "a", state, ++sequence, 1), now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
