package dev.starling.cluster.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TargetAccess;
import dev.starling.cluster.routing.PeerTable.Transition;
import dev.starling.contract.node.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerTableTest {
  private static final long BEAT = Duration.ofMillis(100).toNanos();

  private final List<Transition> transitions = new ArrayList<>();
  private final PeerTable table =
      new PeerTable("self", PeerTable.Limits.defaults(), transitions::add);
  private long now = 1_000_000_000_000L;
  private long sequence;

  @Test
  void newPeer_heard_getsNoCallsUntilItsCanariesAreAnswered() {
    hear();
    assertThat(state()).isEqualTo(PeerState.JOINING);
    assertThat(table.canaries(now)).containsExactly("n-1");

    table.canaryAnswered("n-1");
    assertThat(state()).isEqualTo(PeerState.JOINING);

    table.canaryAnswered("n-1");
    assertThat(state()).isEqualTo(PeerState.SERVING);
    assertThat(table.canaries(now)).isEmpty();
  }

  @Test
  void servingPeer_silentForThreeBeats_isSuspectAndBackAfterItsCanaries() {
    serve();
    pass(3 * BEAT);
    assertThat(state()).isEqualTo(PeerState.SERVING);

    pass(1);
    assertThat(state()).isEqualTo(PeerState.SUSPECT);
    assertThat(table.canaries(now)).as("nobody asks a silent peer").isEmpty();

    hear();
    assertThat(state()).as("a heartbeat alone proves nothing").isEqualTo(PeerState.SUSPECT);
    table.canaryAnswered("n-1");
    table.canaryMissed("n-1");
    table.canaryAnswered("n-1");
    assertThat(state()).as("the two must be in a row").isEqualTo(PeerState.SUSPECT);
    table.canaryAnswered("n-1");
    assertThat(state()).isEqualTo(PeerState.SERVING);
  }

  @Test
  void servingPeer_thatClosesItsLink_isSuspectAtOnceAndBackAfterItsCanaries() {
    serve();

    table.linkClosed("n-1");
    assertThat(state()).isEqualTo(PeerState.SUSPECT);

    hear();
    table.canaryAnswered("n-1");
    table.canaryAnswered("n-1");
    assertThat(state()).isEqualTo(PeerState.SERVING);
  }

  @Test
  void drainingPeer_thatClosesItsLink_goesOnDraining() {
    serve();
    table.heard(Beats.beat("n-1", "a", Heartbeat.State.DRAINING, ++sequence, 1), now);

    table.linkClosed("n-1");

    assertThat(state()).isEqualTo(PeerState.DRAINING);
  }

  @Test
  void twoLostHeartbeats_thenOneHeard_changeNothing() {
    serve();
    int before = transitions.size();
    for (int i = 0; i < 20; i++) {
      pass(3 * BEAT);
      hear();
    }
    assertThat(transitions).hasSize(before);
  }

  @Test
  void servingPeer_leavingCallsUnanswered_isSuspectAlthoughItIsHeard() {
    serve();
    peer().target("users");
    for (int i = 0; i < PeerTable.Limits.defaults().timeouts(); i++) {
      TargetAccess.timeOut(peer().target("users"));
    }
    pass(0);

    assertThat(state()).isEqualTo(PeerState.SUSPECT);
    assertThat(transitions.get(transitions.size() - 1).reason()).contains("5 calls in a row");
  }

  @Test
  void drainingPeer_sayingSo_isDrainingAndNeverSuspect() {
    serve();
    table.heard(Beats.beat("n-1", "a", Heartbeat.State.DRAINING, ++sequence, 1), now);
    pass(10 * BEAT);

    assertThat(state()).isEqualTo(PeerState.DRAINING);
    assertThat(table.canaries(now)).isEmpty();
  }

  @Test
  void lostPeer_isGoneOnceAndNewWhenHeardAgain() {
    serve();
    table.lost("n-1", "closed its link");
    table.lost("n-1", "left the cluster");

    assertThat(table.all()).isEmpty();
    assertThat(transitions.stream().filter(t -> t.to() == PeerState.GONE)).hasSize(1);

    hear();
    assertThat(state()).as("it has to prove itself again").isEqualTo(PeerState.JOINING);
  }

  @Test
  void lateHeartbeat_withAnOldSequence_isIgnored() {
    serve();
    pass(2 * BEAT);
    table.heard(Beats.beat("n-1", 1), now);
    pass(2 * BEAT);

    assertThat(state()).isEqualTo(PeerState.SUSPECT);
  }

  @Test
  void silentPeer_thatNeverLeft_isForgottenInTheEnd() {
    serve();
    pass(Duration.ofSeconds(31).toNanos());
    assertThat(table.all()).isEmpty();
  }

  @Test
  void ownHeartbeat_heard_isNoPeer() {
    table.heard(Beats.beat("self", 1), now);
    assertThat(table.all()).isEmpty();
  }

  @Test
  void services_changed_areReported() {
    hear();
    assertThat(table.heard(Beats.beat("n-1", ++sequence), now)).isFalse();
    assertThat(table.heard(Beats.beat("n-1", "a", Heartbeat.State.SERVING, ++sequence, 4), now))
        .isTrue();
  }

  private void serve() {
    hear();
    table.canaryAnswered("n-1");
    table.canaryAnswered("n-1");
  }

  private void hear() {
    table.heard(Beats.beat("n-1", ++sequence), now);
  }

  private void pass(long nanos) {
    now += nanos;
    table.tick(now);
  }

  private Peer peer() {
    return table.all().iterator().next();
  }

  private PeerState state() {
    return peer().state();
  }
}
