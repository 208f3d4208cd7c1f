package dev.starling.cluster.membership;

import static dev.starling.cluster.membership.MembershipProtocol.DIGEST_NANOS;
import static dev.starling.cluster.membership.MembershipProtocol.PACE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.membership.MembershipMessage.Ack;
import dev.starling.cluster.membership.MembershipMessage.Announce;
import dev.starling.cluster.membership.MembershipMessage.Digest;
import dev.starling.cluster.membership.MembershipMessage.Pull;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One node's decisions, with its peers played by the test. */
class MembershipProtocolTest {
  private static final NodeState PEER =
      new NodeState(4, Optional.empty(), Stream.of(new Registration("theirs", 0)));

  private final OwnRegistrations own = new OwnRegistrations();
  private final RegistrationTable table = new RegistrationTable();
  private final List<String> sent = new ArrayList<>();
  private final List<String> news = new ArrayList<>();
  private final List<String> both = new ArrayList<>();
  private final MembershipProtocol protocol =
      new MembershipProtocol(own, table, new Recorder(), new Recorder(), 0);
  private long now = 0;

  @Test
  void view_changed_announcesTheFullStateToEverybody() {
    own.add("mine", 1, false);

    protocol.view(List.of("p", "q"), now);

    assertThat(sent).containsExactly("* announce 2");
    assertThat(news).containsExactly("+p", "+q");
  }

  @Test
  void view_withTheSameMembers_announcesAgain() {
    protocol.view(List.of("p"), now);
    sent.clear();
    news.clear();

    protocol.view(List.of("p"), now);

    assertThat(sent).containsExactly("* announce 1");
    assertThat(news).isEmpty();
  }

  @Test
  void view_withoutAMember_dropsItsRegistrationsFirstAndTellsThen() {
    join("p");
    news.clear();

    protocol.view(List.of(), now);

    assertThat(table.registrations("theirs")).isEmpty();
    assertThat(news).containsExactly("-p", "[theirs]");
  }

  @Test
  void view_alone_sendsNothing() {
    protocol.view(List.of(), now);
    own.add("mine", 1, false);
    protocol.changed(Set.of("mine"), now);
    protocol.tick(now + DIGEST_NANOS);

    assertThat(sent).isEmpty();
    assertThat(news).containsExactly("[mine]");
  }

  @Test
  void announce_ofAMember_isAppliedToldAndAcknowledged() {
    protocol.view(List.of("p"), now);
    sent.clear();
    news.clear();

    protocol.receive("p", new Announce(PEER), now);

    assertThat(sent).containsExactly("p ack 4");
    assertThat(news).containsExactly("[theirs]");
    assertThat(table.registrations("theirs")).containsExactly(new RemoteRegistration("p", 0));
  }

  @Test
  void announce_ofAMember_isToldBeforeItIsAcknowledged() {
    protocol.view(List.of("p"), now);
    both.clear();

    protocol.receive("p", new Announce(PEER), now);

    assertThat(both).containsExactly("[theirs]", "p ack 4");
  }

  @Test
  void announce_olderThanWhatIsHeld_isAcknowledgedWithTheHeldVersion() {
    join("p");
    sent.clear();
    news.clear();

    protocol.receive("p", new Announce(new NodeState(3, Optional.empty(), Stream.of())), now);

    assertThat(sent).containsExactly("p ack 4");
    assertThat(news).isEmpty();
    assertThat(table.registrations("theirs")).hasSize(1);
  }

  @Test
  void message_ofANodeOutsideTheView_isIgnored() {
    protocol.view(List.of("p"), now);
    sent.clear();
    news.clear();

    protocol.receive("stranger", new Announce(PEER), now);
    protocol.receive("stranger", new Pull(), now);

    assertThat(sent).isEmpty();
    assertThat(news).isEmpty();
    assertThat(table.state("stranger")).isEmpty();
  }

  @Test
  void digest_thatAgrees_isSilent() {
    join("p");
    sent.clear();

    protocol.receive("p", new Digest(4, MessageWire.checksum(PEER)), now);

    assertThat(sent).isEmpty();
  }

  @Test
  void digest_ofAnotherVersionOrOtherContent_pulls() {
    join("p");
    sent.clear();

    protocol.receive("p", new Digest(5, MessageWire.checksum(PEER)), now);
    now += PACE_NANOS;
    protocol.receive("p", new Digest(4, 12345), now);

    assertThat(sent).containsExactly("p pull", "p pull");
  }

  @Test
  void digests_inARow_pullOncePerPace() {
    protocol.view(List.of("p"), now);
    sent.clear();

    protocol.receive("p", new Digest(4, 0), now);
    protocol.receive("p", new Digest(4, 0), now + PACE_NANOS - 1);

    assertThat(sent).containsExactly("p pull");
  }

  @Test
  void pull_isAnsweredWithTheFullState() {
    protocol.view(List.of("p"), now);
    own.add("mine", 1, false);
    sent.clear();

    protocol.receive("p", new Pull(), now);

    assertThat(sent).containsExactly("p announce 2");
  }

  @Test
  void tick_onceASecond_sendsTheDigest() {
    protocol.view(List.of("p"), now);
    protocol.receive("p", new Ack(1), now);
    sent.clear();

    protocol.tick(now + DIGEST_NANOS - 1);
    assertThat(sent).isEmpty();

    protocol.tick(now + DIGEST_NANOS);
    protocol.tick(now + DIGEST_NANOS + 1);
    assertThat(sent).containsExactly("* digest 1");
  }

  @Test
  void changes_whileOneIsUnacknowledged_goOutTogether() {
    join("p");
    protocol.receive("p", new Ack(1), now);
    sent.clear();

    for (int seq = 0; seq < 5; seq++) {
      own.add("mine", seq, false);
      protocol.changed(Set.of("mine"), now);
    }
    assertThat(sent).containsExactly("* announce 2");

    protocol.receive("p", new Ack(2), now);
    assertThat(sent).containsExactly("* announce 2", "* announce 6");
  }

  @Test
  void changes_whileAMemberIsSilent_goOutAfterThePace() {
    join("p");
    own.add("mine", 1, false);
    protocol.changed(Set.of("mine"), now);
    sent.clear();

    protocol.tick(now + PACE_NANOS);

    assertThat(sent).containsExactly("* announce 2");
  }

  @Test
  void announcement_unansweredForASecond_isRepeated() {
    join("p", "q");
    protocol.receive("p", new Ack(1), now);
    sent.clear();

    protocol.tick(now + DIGEST_NANOS - 1);
    assertThat(sent).isEmpty();

    protocol.tick(now + DIGEST_NANOS);
    assertThat(sent).containsExactly("* announce 1", "* digest 1");
  }

  @Test
  void awaitShared_runsWhenEveryMemberHasTheVersion() {
    join("p", "q");
    own.add("mine", 1, false);
    awaitShared(own.version());

    protocol.receive("p", new Ack(2), now);
    assertThat(news).doesNotContain("shared");

    protocol.receive("q", new Ack(1), now);
    assertThat(news).doesNotContain("shared");

    protocol.receive("q", new Ack(2), now);
    assertThat(news).containsOnlyOnce("shared");
  }

  @Test
  void awaitShared_whenTheSilentMemberLeaves_runs() {
    join("p", "q");
    protocol.receive("p", new Ack(1), now);
    awaitShared(1);
    assertThat(news).doesNotContain("shared");

    protocol.view(List.of("p"), now);
    protocol.receive("p", new Ack(1), now);

    assertThat(news).contains("shared");
  }

  @Test
  void awaitShared_afterAMerge_needsFreshAcknowledgements() {
    join("p");
    protocol.receive("p", new Ack(1), now);

    protocol.view(List.of("p"), now);
    awaitShared(1);
    assertThat(news).doesNotContain("shared");

    protocol.receive("p", new Ack(1), now);
    assertThat(news).contains("shared");
  }

  @Test
  void awaitShared_atTheDeadline_runs() {
    join("p");
    awaitShared(1);

    protocol.tick(now + 99);
    assertThat(news).doesNotContain("shared");

    protocol.tick(now + 100);
    assertThat(news).contains("shared");
  }

  @Test
  void awaitShared_alone_runsAtOnce() {
    protocol.view(List.of(), now);

    awaitShared(1);

    assertThat(news).containsExactly("shared");
  }

  @Test
  void awaitPeers_runsWhenEveryStateIsHere() {
    protocol.view(List.of("p", "q"), now);
    protocol.awaitPeers(now + 100, () -> news.add("complete"), now);

    protocol.receive("p", new Announce(PEER), now);
    assertThat(news).doesNotContain("complete");

    protocol.receive("q", new Announce(PEER), now);
    assertThat(news).contains("complete");
  }

  @Test
  void close_letsWaitersGo() {
    join("p");
    awaitShared(1);

    protocol.close();

    assertThat(news).contains("shared");
  }

  private void join(String... peers) {
    protocol.view(List.of(peers), now);
    for (String peer : peers) {
      protocol.receive(peer, new Announce(PEER), now);
    }
  }

  private void awaitShared(long version) {
    protocol.awaitShared(version, now + 100, () -> news.add("shared"), now);
  }

  /** Writes down what the protocol says to peers and to its observer. */
  private final class Recorder implements MembershipProtocol.Outbox, MembershipProtocol.Observer {
    @Override
    public void broadcast(MembershipMessage message) {
      send("*", message);
    }

    @Override
    public void send(String nodeId, MembershipMessage message) {
      if (message instanceof Announce announce) {
        sent.add(nodeId + " announce " + announce.state().version());
      } else if (message instanceof Digest digest) {
        sent.add(nodeId + " digest " + digest.version());
      } else if (message instanceof Ack ack) {
        sent.add(nodeId + " ack " + ack.version());
        both.add(nodeId + " ack " + ack.version());
      } else {
        sent.add(nodeId + " pull");
      }
    }

    @Override
    public void nodeAdded(String nodeId) {
      news.add("+" + nodeId);
    }

    @Override
    public void nodeLeft(String nodeId) {
      news.add("-" + nodeId);
    }

    @Override
    public void registrationsChanged(Set<String> addresses) {
      news.add(addresses.stream().sorted().toList().toString());
      both.add(addresses.stream().sorted().toList().toString());
    }
  }
}
