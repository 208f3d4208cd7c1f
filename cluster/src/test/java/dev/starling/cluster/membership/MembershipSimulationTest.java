package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five nodes on a network that loses, delays and reorders messages and splits at random, in virtual
 * time: whatever happened, soon after it is over everybody knows everybody's registrations.
 */
class MembershipSimulationTest {
  private static final long MILLIS = 1_000_000L;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void chaos_thenQuiet_everybodyAgreesAndListenersHaveHeardIt(long seed) {
    var cluster = new Cluster(seed, 5);

    cluster.run(60_000, true);
    cluster.lossy = false;
    cluster.heal();
    cluster.run(3_000, false);

    cluster.assertAgreed();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void losses_thenQuietWithoutAnyNewView_areRepaired(long seed) {
    var cluster = new Cluster(seed, 5);
    cluster.splits = false;

    cluster.run(30_000, true);
    cluster.run(3_000, false);

    cluster.assertAgreed();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void split_whileItLasts_hasNoRegistrationsOfTheOtherSide(long seed) {
    var cluster = new Cluster(seed, 5);
    cluster.run(5_000, true);
    cluster.lossy = false;

    cluster.split(Set.of(0, 1));
    cluster.run(3_000, false);

    cluster.assertAgreed();
    assertThat(cluster.nodes.get(0).table.state("n4")).isEmpty();
    assertThat(cluster.nodes.get(4).table.state("n0")).isEmpty();
  }

  /** A node with what its listener was told last about each address. */
  private static final class Node
      implements MembershipProtocol.Outbox, MembershipProtocol.Observer {
    final Cluster cluster;
    final String id;
    final OwnRegistrations own = new OwnRegistrations();
    final RegistrationTable table = new RegistrationTable();
    final Map<String, List<RemoteRegistration>> heard = new HashMap<>();
    final MembershipProtocol protocol;
    Set<Node> view = Set.of();
    long viewNumber;
    int finished;
    int started;

    Node(Cluster cluster, String id) {
      this.cluster = cluster;
      this.id = id;
      protocol = new MembershipProtocol(own, table, this, this, 0);
    }

    @Override
    public void broadcast(MembershipMessage message) {
      view.stream().filter(to -> to != this).forEach(to -> cluster.post(this, to, message));
    }

    @Override
    public void send(String nodeId, MembershipMessage message) {
      view.stream()
          .filter(to -> to.id.equals(nodeId))
          .forEach(to -> cluster.post(this, to, message));
    }

    @Override
    public void nodeAdded(String nodeId) {}

    @Override
    public void nodeLeft(String nodeId) {
      assertThat(table.state(nodeId)).isEmpty();
    }

    @Override
    public void registrationsChanged(Set<String> addresses) {
      addresses.forEach(address -> heard.put(address, table.registrations(address)));
    }
  }

  private static final class Cluster {
    final Random random;
    final List<Node> nodes = new ArrayList<>();
    final TreeMap<Long, List<Runnable>> events = new TreeMap<>();
    long views;
    boolean lossy;
    boolean splits = true;
    long now;
    long seq;

    Cluster(long seed, int size) {
      random = new Random(seed);
      for (int i = 0; i < size; i++) {
        nodes.add(new Node(this, "n" + i));
      }
      heal();
    }

    void post(Node from, Node to, MembershipMessage message) {
      if (!lossy || random.nextInt(5) != 0) {
        schedule(1 + random.nextInt(lossy ? 300 : 5), () -> deliver(from, to, message));
      }
    }

    void heal() {
      install(new HashSet<>(nodes));
    }

    void split(Set<Integer> side) {
      Set<Node> one = new HashSet<>();
      Set<Node> other = new HashSet<>();
      for (int i = 0; i < nodes.size(); i++) {
        (side.contains(i) ? one : other).add(nodes.get(i));
      }
      install(one);
      install(other);
    }

    /**
     * Views reach their members one after the other; each keeps the order in which it gets them.
     */
    private void install(Set<Node> members) {
      views++;
      for (Node node : nodes) {
        if (members.contains(node)) {
          long number = views;
          schedule(lossy ? random.nextInt(500) : 0, () -> install(node, number, members));
        }
      }
    }

    private void install(Node node, long number, Set<Node> members) {
      if (number > node.viewNumber) {
        node.viewNumber = number;
        node.view = members;
        node.protocol.view(
            members.stream().filter(m -> m != node).map(m -> m.id).sorted().toList(), now);
      }
    }

    private void schedule(int millis, Runnable event) {
      events.computeIfAbsent(now + millis * MILLIS, t -> new ArrayList<>()).add(event);
    }

    void run(long millis, boolean chaos) {
      lossy = chaos;
      for (long end = now + millis * MILLIS; now < end; now += MILLIS) {
        while (!events.isEmpty() && events.firstKey() <= now) {
          events.pollFirstEntry().getValue().forEach(Runnable::run);
        }
        if (chaos) {
          disturb();
        }
        if (now / MILLIS % 250 == 0) {
          nodes.forEach(node -> node.protocol.tick(now));
        }
      }
    }

    private void deliver(Node from, Node to, MembershipMessage message) {
      if (to.view.contains(from)) {
        to.protocol.receive(from.id, message, now);
      }
    }

    private void disturb() {
      int dice = random.nextInt(2000);
      if (dice < 20) {
        change(nodes.get(random.nextInt(nodes.size())));
      } else if (dice == 20 && splits) {
        Set<Integer> side = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
          if (random.nextBoolean()) {
            side.add(i);
          }
        }
        split(side);
      } else if (dice == 21 && splits) {
        heal();
      }
    }

    private void change(Node node) {
      String address = "a" + random.nextInt(6);
      if (random.nextBoolean()) {
        node.own.add(address, seq++, random.nextInt(4) == 0);
      } else {
        node.own
            .registrations(address)
            .forEach(registration -> node.own.remove(address, registration.seq()));
      }
      node.started++;
      node.protocol.changed(Set.of(address), now);
      node.protocol.awaitShared(
          node.own.version(), now + 3_000 * MILLIS, () -> node.finished++, now);
    }

    void assertAgreed() {
      for (Node node : nodes) {
        assertThat(node.finished).isEqualTo(node.started);
        for (Node other : nodes) {
          if (other == node) {
            continue;
          }
          if (node.view.contains(other)) {
            assertThat(node.table.state(other.id)).hasValue(other.own.state());
          } else {
            assertThat(node.table.state(other.id)).isEmpty();
          }
        }
        node.heard.forEach(
            (address, last) -> assertThat(last).isEqualTo(node.table.registrations(address)));
        for (int i = 0; i < 6; i++) {
          List<RemoteRegistration> known = node.table.registrations("a" + i);
          assertThat(node.heard.getOrDefault("a" + i, List.of())).isEqualTo(known);
        }
      }
    }
  }
}
