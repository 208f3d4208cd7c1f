package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's membership at run time: one thread that feeds {@link MembershipProtocol} from the
 * channel, from this node's own changes and from the clock.
 *
 * <p>Owns the channel and the thread; {@link #leave} closes both. {@link #join} and {@link #leave}
 * wait, each for a bounded time; everything else is thread-safe and returns at once. The observer
 * is called on the membership thread, which holds no lock.
 */
final class Membership implements ClusterChannel.Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** Long enough for the failure detector (2.3 s) to remove a member that does not answer. */
  private static final long SHARE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long PEERS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long TICK_MILLIS = 250;

  /** Messages waiting for the membership thread; the digest repairs what is dropped beyond. */
  private static final int MAX_QUEUED = 1024;

  private final ClusterChannel channel;
  private final MembershipProtocol protocol;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicInteger queued = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private volatile boolean left;
  private volatile @Nullable Future<?> ticks;

  Membership(
      String nodeId,
      MembershipConfig config,
      PeerSockets sockets,
      OwnRegistrations own,
      RegistrationTable table,
      MembershipProtocol.Observer observer) {
    channel = new ClusterChannel(nodeId, config, sockets, this);
    protocol = new MembershipProtocol(own, table, channel, observer, System.nanoTime());
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var made = new Thread(task, "starling-membership-" + nodeId);
              made.setDaemon(true);
              return made;
            });
  }

  /** Joins and waits until the other members' states are here, two seconds at most for that. */
  void join() throws InterruptedException {
    try {
      channel.connect();
    } catch (MembershipException e) {
      thread.shutdownNow();
      channel.close();
      throw e;
    }
    ticks =
        thread.scheduleAtFixedRate(
            guarded(() -> protocol.tick(System.nanoTime())),
            TICK_MILLIS,
            TICK_MILLIS,
            TimeUnit.MILLISECONDS);
    var complete = new CountDownLatch(1);
    long now = System.nanoTime();
    run(() -> protocol.awaitPeers(now + PEERS_NANOS, complete::countDown, System.nanoTime()));
    if (!complete.await(2 * PEERS_NANOS, TimeUnit.NANOSECONDS)) {
      LOG.warn("The membership thread did not answer; joined without waiting for the others");
    }
  }

  void leave() {
    left = true;
    channel.close();
    Future<?> running = ticks;
    if (running != null) {
      running.cancel(false);
    }
    run(protocol::close);
    thread.shutdown();
  }

  boolean active() {
    return !left && channel.connected();
  }

  List<String> nodeIds() {
    return channel.nodeIds();
  }

  ClusterView view() {
    return channel.view();
  }

  MembershipCounters counters() {
    return new MembershipCounters(channel.malformedCount(), dropped.sum(), channel.unsentCount());
  }

  ClusterChannel channel() {
    return channel;
  }

  /** Tells the observer of a change that concerns this node only; {@code done} runs after that. */
  void changedHere(String address, Runnable done) {
    boolean accepted =
        run(
            () -> {
              protocol.changed(Set.of(address), System.nanoTime());
              done.run();
            });
    if (!accepted) {
      done.run();
    }
  }

  /**
   * Spreads a change; {@code done} runs when every member has it, at the latest after three
   * seconds, and at once if this node has left.
   */
  void changed(Set<String> addresses, long version, Runnable done) {
    boolean accepted =
        run(
            () -> {
              long now = System.nanoTime();
              protocol.changed(addresses, now);
              protocol.awaitShared(version, now + SHARE_NANOS, done, now);
              if (left) {
                protocol.close();
              }
            });
    if (!accepted) {
      done.run();
    }
  }

  @Override
  public void view(List<String> others) {
    run(() -> protocol.view(others, System.nanoTime()));
  }

  @Override
  public void message(String from, MembershipMessage message) {
    if (queued.incrementAndGet() > MAX_QUEUED) {
      queued.decrementAndGet();
      dropped.increment();
      return;
    }
    boolean accepted =
        run(
            () -> {
              queued.decrementAndGet();
              protocol.receive(from, message, System.nanoTime());
            });
    if (!accepted) {
      queued.decrementAndGet();
    }
  }

  private boolean run(Runnable step) {
    try {
      thread.execute(guarded(step));
      return true;
    } catch (RejectedExecutionException e) {
      return false; // this node has left
    }
  }

  private static Runnable guarded(Runnable step) {
    return () -> {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.error("Bug in the membership; the next digest repairs what it left undone", e);
      }
    };
  }
}
