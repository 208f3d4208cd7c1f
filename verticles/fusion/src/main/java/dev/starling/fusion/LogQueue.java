package dev.starling.fusion;

import dev.starling.bus.CallContext;
import dev.starling.fusion.EventLog.Append;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.Placement;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects events into statements, one for each shard, and statements into transactions: those of
 * one turn of the event loop, and those that come while the ones before are under way (group
 * commit). What one request brings is written together, or not at all.
 *
 * <p>Confined to one context. Bounded: as many transactions as the configuration says, as many
 * events of a shard in each, as many that wait; what comes besides is refused at once. What is too
 * late before it is sent is not sent.
 */
final class LogQueue {
  private static final Logger log = LoggerFactory.getLogger(LogQueue.class);
  private static final long SWEEP_MILLIS = 25;

  /** Told that nothing was done while there is time to hear it. */
  private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(4 * SWEEP_MILLIS);

  /** Shards of one transaction: each is a statement that is sent ahead of the answers. */
  private static final int MOST_TOGETHER = 16;

  private static final Comparator<Append> BY_KEY = Comparator.comparing(Append::key, UserKey.ORDER);

  private final Context context;
  private final Shards shards;
  private final EventLog events;
  private final FusionConfig config;
  private final AtomicInteger onNode;
  private final LongSupplier nanoTime;
  private final Lane[] lanes = new Lane[Shards.COUNT];
  private final Deque<Lane> ready = new ArrayDeque<>();
  private final long timer;
  private int waiting;
  private int underWay;
  private boolean closed;

  /**
   * What became of a request's events.
   *
   * @param fresh those that were not there
   * @param count of all
   */
  record Appended(List<Append> fresh, int count) {
    int duplicates() {
      return count - fresh.size();
    }
  }

  /** What one request brings. */
  private static final class Entry {
    final List<Append> appends;
    final CallContext call;
    final Promise<Appended> outcome = Promise.promise();

    Entry(List<Append> appends, CallContext call) {
      this.appends = appends;
      this.call = call;
    }

    void refuse(String why) {
      outcome.tryFail(
          new SqlException(new SqlFailure(SqlFailure.Kind.UNAVAILABLE, "", "", why), null));
    }
  }

  /** What is written of a lane at a time. */
  private static final class Part {
    final Lane lane;
    final List<Entry> batch;

    Part(Lane lane, List<Entry> batch) {
      this.lane = lane;
      this.batch = batch;
    }

    /** By key; stable, so that of two with one key the first stays in front. */
    List<Append> sorted() {
      List<Append> all = new ArrayList<>();
      batch.forEach(entry -> all.addAll(entry.appends));
      all.sort(BY_KEY);
      return all;
    }

    /** The longest: each caller hears by itself when its own time is over. */
    Duration limit(long nowNanos) {
      return batch.stream()
          .map(entry -> entry.call.remaining(nowNanos))
          .max(Duration::compareTo)
          .orElseThrow();
    }
  }

  /** The events for one shard, of which one statement is under way at a time. */
  private static final class Lane {
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
  LogQueue(
      Context context,
      Shards shards,
      EventLog events,
      FusionConfig config,
      AtomicInteger onNode,
      LongSupplier nanoTime) {
    this.context = context;
    this.shards = shards;
    this.events = events;
    this.config = config;
    this.onNode = onNode;
    this.nanoTime = nanoTime;
    for (int shard = 0; shard < lanes.length; shard++) {
      lanes[shard] = new Lane(shard);
    }
    this.timer = context.owner().setPeriodic(SWEEP_MILLIS, tick -> sweep());
  }

  /** Whether nothing more is taken now. */
  boolean isFull() {
    return closed || waiting >= config.maxWaiting();
  }

  /**
   * Writes the events of a user; completes after the commit. Fails with a {@link SqlException},
   * whose kind says whether anything may have been written.
   */
  Future<Appended> append(UUID user, List<LogRow> rows, CallContext call) {
    if (rows.isEmpty()) {
      return Future.succeededFuture(new Appended(List.of(), 0));
    }
    List<Append> appends = new ArrayList<>(rows.size());
    for (LogRow row : rows) {
      appends.add(new Append(user, row, row.isUtterance() ? row.dueAt(config.lateness()) : null));
    }
    Entry entry = new Entry(appends, call);
    if (isFull()) {
      entry.refuse("too many events wait (expected: < " + config.maxWaiting() + ")");
      return entry.outcome.future();
    }
    Lane lane = lanes[Shards.of(user)];
    lane.entries.add(entry);
    count(appends.size());
    announce(lane);
    return entry.outcome.future();
  }

  /** Refuses what waits; what is under way ends by itself. */
  void close() {
    closed = true;
    context.owner().cancelTimer(timer);
    for (Lane lane : lanes) {
      lane.entries.forEach(
          entry -> {
            count(-entry.appends.size());
            entry.refuse("this instance is stopping");
          });
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
      List<Part> parts = parts();
      if (!parts.isEmpty()) {
        underWay++;
        (parts.size() == 1 ? write(parts.get(0)) : writeTogether(parts))
            .onComplete(
                done -> {
                  underWay--;
                  begin();
                });
      }
    }
  }

  /** What is ready of the database of the first that is, by shard: it waits for its disk once. */
  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    Placement placement = shards.placement();
    String database = placement.of(ready.element().shard).database();
    for (Lane lane : List.copyOf(ready)) {
      if (parts.size() < MOST_TOGETHER && placement.of(lane.shard).database().equals(database)) {
        ready.remove(lane);
        lane.isReady = false;
        List<Entry> batch = take(lane);
        if (!batch.isEmpty()) {
          lane.busy = true;
          parts.add(new Part(lane, batch));
        }
      }
    }
    // Whoever else writes to several shards takes them in the same order.
    parts.sort(Comparator.comparingInt(part -> part.lane.shard));
    return parts;
  }

  /** At least one request, however large it is. */
  private List<Entry> take(Lane lane) {
    List<Entry> batch = new ArrayList<>();
    long now = nanoTime.getAsLong();
    int taken = 0;
    while (!lane.entries.isEmpty()
        && (taken == 0 || taken + lane.entries.element().appends.size() <= config.maxBatch())) {
      Entry entry = lane.entries.remove();
      count(-entry.appends.size());
      if (entry.call.isExpired(now)) {
        entry.refuse("its turn did not come in time");
      } else {
        batch.add(entry);
        taken += entry.appends.size();
      }
    }
    return batch;
  }

  /** Ends when the part is settled; never fails. */
  private Future<Void> write(Part part) {
    int shard = part.lane.shard;
    List<Append> all = part.sorted();
    return Future.succeededFuture()
        .compose(
            begun ->
                shards.write(
                    shard,
                    part.limit(nanoTime.getAsLong()),
                    connection -> events.append(connection, shard, all)))
        .onComplete(
            (taken, failure) -> {
              if (taken != null) {
                settle(part.batch, taken);
              } else {
                fail(part.batch, failure);
              }
              ended(part.lane);
            })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /**
   * Several parts in one transaction. When that is rolled back, whatever the reason, each is
   * written by itself: of a shard that is being moved none is kept waiting by it.
   */
  private Future<Void> writeTogether(List<Part> parts) {
    long now = nanoTime.getAsLong();
    Duration limit =
        parts.stream().map(part -> part.limit(now)).min(Duration::compareTo).orElseThrow();
    return Future.succeededFuture()
        .compose(
            begun ->
                shards
                    .database(parts.get(0).lane.shard)
                    .primary()
                    .transact(limit, connection -> append(connection, parts)))
        .transform(
            written -> {
              if (written.failed() && !isUnknown(written.cause())) {
                return Future.join(parts.stream().map(this::write).toList()).<Void>mapEmpty();
              }
              for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                if (written.succeeded()) {
                  settle(part.batch, written.result().get(i));
                } else {
                  fail(part.batch, written.cause());
                }
                ended(part.lane);
              }
              return Future.<Void>succeededFuture();
            });
  }

  private Future<List<Set<UserKey>>> append(SqlConnection connection, List<Part> parts) {
    List<Future<Set<UserKey>>> taken = new ArrayList<>(parts.size());
    for (Part part : parts) {
      taken.add(events.append(connection, part.lane.shard, part.sorted()));
    }
    return Future.all(taken).map(all -> taken.stream().map(Future::result).toList());
  }

  private static boolean isUnknown(Throwable failure) {
    return failure instanceof SqlException sql
        && sql.failure().kind() == SqlFailure.Kind.UNKNOWN_OUTCOME;
  }

  private static void settle(List<Entry> batch, Set<UserKey> taken) {
    Set<UserKey> left = new HashSet<>(taken);
    for (Entry entry : batch) {
      List<Append> fresh = new ArrayList<>(entry.appends.size());
      for (Append append : entry.appends) {
        if (left.remove(append.key())) {
          fresh.add(append);
        }
      }
      entry.outcome.tryComplete(new Appended(fresh, entry.appends.size()));
    }
  }

  private static void fail(List<Entry> batch, Throwable failure) {
    if (!(failure instanceof SqlException)) {
      log.error("Events of {} requests could not be written", batch.size(), failure);
    }
    batch.forEach(entry -> entry.outcome.tryFail(failure));
  }

  private void ended(Lane lane) {
    lane.busy = false;
    if (!lane.entries.isEmpty()) {
      announce(lane);
    }
  }

  /** Tells those that would wait in vain, before their callers give up. */
  private void sweep() {
    if (waiting == 0) {
      return;
    }
    long soon = nanoTime.getAsLong() + MARGIN_NANOS;
    for (Lane lane : lanes) {
      lane.entries.removeIf(
          entry -> {
            boolean late = entry.call.isExpired(soon);
            if (late) {
              count(-entry.appends.size());
              entry.refuse("its turn did not come in time");
            }
            return late;
          });
    }
  }

  private void count(int change) {
    waiting += change;
    onNode.addAndGet(change);
  }
}
