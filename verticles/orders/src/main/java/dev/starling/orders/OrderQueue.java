package dev.starling.orders;

import dev.starling.bus.CallContext;
import dev.starling.orders.Outcome.InFlight;
import dev.starling.orders.Outcome.NotExecuted;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Collects orders into transactions: those of one turn of the event loop for one shard, and those
 * that arrive while the transaction before is under way (group commit).
 *
 * <p>Confined to one context. Bounded: as many transactions as the configuration says, as many
 * orders in each, as many that wait; one more is refused at once. An order whose time is over
 * before it is sent is not sent.
 */
final class OrderQueue {
  private static final long SWEEP_MILLIS = 25;

  /** Told that nothing was done while there is time to hear it. */
  private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(4 * SWEEP_MILLIS);

  private final Context context;
  private final OrdersConfig config;
  private final OrderBatch batches;
  private final LongSupplier nanoTime;
  private final Set<Request.Key> inFlight = new HashSet<>();
  private final Lane[] lanes = new Lane[Shards.COUNT];
  private final Deque<Lane> ready = new ArrayDeque<>();
  private final long timer;
  private final AtomicInteger onNode;
  private int waiting;
  private int underWay;
  private boolean closed;

  /** One order on its way. */
  static final class Entry {
    final Request request;
    final CallContext call;
    final Promise<Outcome> outcome = Promise.promise();

    Entry(Request request, CallContext call) {
      this.request = request;
      this.call = call;
    }

    void settle(Outcome how) {
      outcome.tryComplete(how);
    }
  }

  /** The orders for one shard, of which one batch is under way at a time. */
  private final class Lane {
    final int shard;
    final Deque<Entry> entries = new ArrayDeque<>();
    boolean busy;
    boolean isReady;

    Lane(int shard) {
      this.shard = shard;
    }
  }

  /**
   * @param onNode counts what waits in all instances of the node
   * @param nanoTime the clock of deadlines
   */
  OrderQueue(
      Context context,
      OrdersConfig config,
      OrderBatch batches,
      AtomicInteger onNode,
      LongSupplier nanoTime) {
    this.context = context;
    this.config = config;
    this.batches = batches;
    this.onNode = onNode;
    this.nanoTime = nanoTime;
    for (int shard = 0; shard < lanes.length; shard++) {
      lanes[shard] = new Lane(shard);
    }
    this.timer = context.owner().setPeriodic(SWEEP_MILLIS, tick -> sweep());
  }

  /** Places an order, or finds out why not. */
  Future<Outcome> place(Request request, CallContext call) {
    if (closed) {
      return Future.succeededFuture(new NotExecuted("this instance is stopping"));
    }
    if (inFlight.contains(request.key())) {
      return Future.succeededFuture(new InFlight());
    }
    if (waiting >= config.maxWaiting()) {
      return Future.succeededFuture(
          new NotExecuted("too many orders wait (expected: < " + config.maxWaiting() + ")"));
    }
    inFlight.add(request.key());
    Entry entry = new Entry(request, call);
    Lane lane = lanes[Shards.of(request.key().userId())];
    lane.entries.add(entry);
    count(1);
    announce(lane);
    return entry.outcome.future().onComplete(done -> inFlight.remove(request.key()));
  }

  /** Refuses what waits; what is under way ends by itself. */
  void close() {
    closed = true;
    context.owner().cancelTimer(timer);
    for (Lane lane : lanes) {
      count(-lane.entries.size());
      lane.entries.forEach(entry -> entry.settle(new NotExecuted("this instance is stopping")));
      lane.entries.clear();
    }
  }

  /** The lane has work; it begins when the turn is over. */
  private void announce(Lane lane) {
    if (!lane.busy && !lane.isReady) {
      lane.isReady = true;
      ready.add(lane);
      context.runOnContext(turnOver -> begin());
    }
  }

  private void begin() {
    while (underWay < config.maxBatches() && !ready.isEmpty()) {
      Lane lane = ready.remove();
      lane.isReady = false;
      List<Entry> batch = take(lane);
      if (!batch.isEmpty()) {
        lane.busy = true;
        underWay++;
        batches.run(lane.shard, batch, nanoTime).onComplete(done -> ended(lane, done.result()));
      }
    }
  }

  private List<Entry> take(Lane lane) {
    List<Entry> batch = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (batch.size() < config.maxBatch() && !lane.entries.isEmpty()) {
      Entry entry = lane.entries.remove();
      count(-1);
      if (entry.call.isExpired(now)) {
        entry.settle(late());
      } else {
        batch.add(entry);
      }
    }
    return batch;
  }

  /**
   * @param again to be tried once more, before those that came later
   */
  private void ended(Lane lane, OrderBatch.Rest again) {
    underWay--;
    lane.busy = false;
    if (!again.now().isEmpty()) {
      putBack(lane, again.now());
    }
    if (!again.later().isEmpty()) {
      context.owner().setTimer(OrderBatch.PAUSE_MILLIS, rested -> putBack(lane, again.later()));
    }
    if (!lane.entries.isEmpty()) {
      announce(lane);
    }
    begin();
  }

  private void putBack(Lane lane, List<Entry> entries) {
    if (closed) {
      entries.forEach(entry -> entry.settle(new NotExecuted("this instance is stopping")));
      return;
    }
    for (int i = entries.size() - 1; i >= 0; i--) {
      lane.entries.addFirst(entries.get(i));
    }
    count(entries.size());
    announce(lane);
  }

  /** Tells those that would wait in vain, before their callers give up. */
  private void sweep() {
    if (waiting == 0) {
      return;
    }
    long soon = nanoTime.getAsLong() + MARGIN_NANOS;
    for (Lane lane : lanes) {
      int before = lane.entries.size();
      lane.entries.removeIf(
          entry -> {
            boolean late = entry.call.isExpired(soon);
            if (late) {
              entry.settle(late());
            }
            return late;
          });
      count(lane.entries.size() - before);
    }
  }

  private void count(int change) {
    waiting += change;
    onNode.addAndGet(change);
  }

  private static Outcome late() {
    return new NotExecuted("its turn did not come in time");
  }
}
