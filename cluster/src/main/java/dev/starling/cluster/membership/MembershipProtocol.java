package dev.starling.cluster.membership;

import dev.starling.cluster.membership.MembershipMessage.Ack;
import dev.starling.cluster.membership.MembershipMessage.Announce;
import dev.starling.cluster.membership.MembershipMessage.Digest;
import dev.starling.cluster.membership.MembershipMessage.Pull;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * How members keep each other's registrations right: the decisions, without clock, threads or
 * sockets.
 *
 * <p>Confined to one thread (the membership thread). Times are nanoseconds of one monotonic clock,
 * passed in. Nothing blocks; messages leave through {@link Outbox}, news through {@link Observer}.
 *
 * <p>Failures: a message from a node outside the view is ignored (its sender announces itself again
 * once it is in the view); a lost message is repaired by the next digest.
 */
final class MembershipProtocol {
  /** Where messages go; must not block. Members that are gone are skipped silently. */
  interface Outbox {
    void broadcast(MembershipMessage message);

    void send(String nodeId, MembershipMessage message);
  }

  /** Who hears of changes, after they can be read in the tables; must not block. */
  interface Observer {
    void nodeAdded(String nodeId);

    void nodeLeft(String nodeId);

    void registrationsChanged(Set<String> addresses);
  }

  /*
   * Changes are sent like a group commit: the first goes out at once, those that come while it is
   * not yet acknowledged by everybody go out together, when it is or after PACE. So a burst of n
   * registrations costs a few announcements, and a frozen member slows the others by PACE at most.
   */

  static final long DIGEST_NANOS = 1_000_000_000L;
  static final long PACE_NANOS = 250_000_000L;

  private final OwnRegistrations own;
  private final RegistrationTable table;
  private final Outbox outbox;
  private final Observer observer;
  private final Waiters waiters = new Waiters();

  private final Set<String> peers = new LinkedHashSet<>();
  private final Map<String, Long> acked = new HashMap<>();
  private final Map<String, Integer> checksums = new HashMap<>();
  private final Map<String, Long> nextPull = new HashMap<>();
  private long announced;
  private long announcedAt;
  private long nextDigest;

  MembershipProtocol(
      OwnRegistrations own, RegistrationTable table, Outbox outbox, Observer observer, long now) {
    this.own = own;
    this.table = table;
    this.outbox = outbox;
    this.observer = observer;
    this.announcedAt = now;
    this.nextDigest = now + DIGEST_NANOS;
  }

  /** Installs the other members of a view; whoever is not among them has no registrations. */
  void view(Collection<String> others, long now) {
    Set<String> left = new LinkedHashSet<>(peers);
    left.removeAll(new HashSet<>(others));
    Set<String> joined = new LinkedHashSet<>(others);
    joined.removeAll(peers);
    peers.removeAll(left);
    peers.addAll(joined);

    Set<String> changed = new HashSet<>();
    for (String nodeId : left) {
      changed.addAll(table.remove(nodeId));
      checksums.remove(nodeId);
      nextPull.remove(nodeId);
    }
    // A member that was excluded and merged back has dropped what it once acknowledged.
    acked.clear();
    announce(now);

    left.forEach(observer::nodeLeft);
    joined.forEach(observer::nodeAdded);
    tell(changed);
    settle(now);
  }

  /** Handles a message of a member. */
  void receive(String from, MembershipMessage message, long now) {
    if (!peers.contains(from)) {
      return;
    }
    if (message instanceof Announce announce) {
      hold(from, announce.state());
    } else if (message instanceof Digest digest) {
      compare(from, digest, now);
    } else if (message instanceof Ack ack) {
      acked.merge(from, ack.version(), Math::max);
      if (announced < own.version() && acknowledged(announced)) {
        announce(now);
      }
      settle(now);
    } else {
      outbox.send(from, new Announce(own.state()));
    }
  }

  /** Spreads a change of {@link OwnRegistrations} and tells the observer of it. */
  void changed(Set<String> addresses, long now) {
    if (announced < own.version() && (acknowledged(announced) || paced(now))) {
      announce(now);
    }
    tell(addresses);
    settle(now);
  }

  /**
   * Runs {@code done} when every member holds this version of this node's state, or at the
   * deadline: the change stands either way and goes on being announced.
   */
  void awaitShared(long version, long deadline, Runnable done, long now) {
    waiters.add(() -> acknowledged(version), deadline, done);
    settle(now);
  }

  /** Runs {@code done} when the state of every member is here, or at the deadline. */
  void awaitPeers(long deadline, Runnable done, long now) {
    waiters.add(
        () -> peers.stream().allMatch(peer -> table.state(peer).isPresent()), deadline, done);
    settle(now);
  }

  /** Sends what is due; to be called several times a second. */
  void tick(long now) {
    boolean changed = announced < own.version() && paced(now);
    boolean unanswered = !acknowledged(announced) && now - announcedAt >= DIGEST_NANOS;
    if (changed || unanswered) {
      announce(now);
    }
    if (now - nextDigest >= 0) {
      nextDigest = now + DIGEST_NANOS;
      if (!peers.isEmpty()) {
        NodeState state = own.state();
        outbox.broadcast(new Digest(state.version(), MessageWire.checksum(state)));
      }
    }
    settle(now);
  }

  /** Lets everybody who waits go on; used when this node leaves. */
  void close() {
    waiters.releaseAll();
  }

  private void hold(String from, NodeState state) {
    // The acknowledgement promises that this node acts on the state, so listeners come first.
    tell(table.apply(from, state));
    table
        .state(from)
        .ifPresent(
            held -> {
              checksums.put(from, MessageWire.checksum(held));
              outbox.send(from, new Ack(held.version()));
            });
    waiters.release();
  }

  private void compare(String from, Digest digest, long now) {
    boolean same =
        table.state(from).filter(held -> held.version() == digest.version()).isPresent()
            && checksums.getOrDefault(from, 0) == digest.checksum();
    if (!same && now - nextPull.getOrDefault(from, now) >= 0) {
      nextPull.put(from, now + PACE_NANOS);
      outbox.send(from, new Pull());
    }
  }

  private void announce(long now) {
    NodeState state = own.state();
    announced = state.version();
    announcedAt = now;
    if (!peers.isEmpty()) {
      outbox.broadcast(new Announce(state));
    }
  }

  private boolean acknowledged(long version) {
    return peers.stream().allMatch(peer -> acked.getOrDefault(peer, -1L) >= version);
  }

  private boolean paced(long now) {
    return now - announcedAt >= PACE_NANOS;
  }

  private void tell(Set<String> addresses) {
    if (!addresses.isEmpty()) {
      observer.registrationsChanged(addresses);
    }
  }

  private void settle(long now) {
    waiters.release();
    waiters.expire(now);
  }
}
