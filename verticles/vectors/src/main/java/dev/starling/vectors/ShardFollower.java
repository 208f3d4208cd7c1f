package dev.starling.vectors;

import dev.starling.contract.vectors.VectorShardsContract.NotWritten;
import dev.starling.contract.vectors.VectorShardsContract.Reason;
import dev.starling.contract.vectors.VectorShardsContract.State;
import dev.starling.contract.vectors.VectorShardsContract.Writing;
import dev.starling.contract.vectors.VectorShardsContract.Written;
import dev.starling.postgres.SqlException;
import dev.starling.vectors.PendingWrites.Pending;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the memory of one shard in step with its rows: writes rows and reads those that others
 * wrote.
 *
 * <p>Thread-safe; a lock is held for moments. Futures complete on any thread.
 */
final class ShardFollower {
  /*
   * At any time one statement is under way, and what it gave is in memory before the next one begins.
   * So the memory sees states of each row in their order, whoever wrote them, and needs no versions.
   *
   * `position` is the change up to which everything is in memory. A write of this node that follows
   * on it moves it; after one that does not, and when the poll finds that the shard is further, the
   * rows in between are read. Those that wait for the same shard are written together, since each
   * transaction holds the shard's counter until it is on the disk.
   */

  private static final Logger log = LoggerFactory.getLogger(ShardFollower.class);

  /** Rows of one statement: 2 MiB at 1024 dimensions. */
  private static final int PAGE = 500;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final int shard;
  private final PointTable table;
  private final LocalPoints points;
  private final Workers changing;
  private final PendingWrites pending = new PendingWrites();
  private boolean busy;
  private boolean followWanted;
  private boolean followedLast;
  private boolean owned;
  private boolean dropWanted;
  private boolean closed;
  private int terms;
  private long position;
  private long forgotten;

  /** How it stands to the shard; read by searches. */
  private volatile State state = State.NOT_HERE;

  private volatile int rebuiltPermille;

  /**
   * @param changing changes what is in memory; one thread
   */
  ShardFollower(int shard, PointTable table, LocalPoints points, Workers changing) {
    this.shard = shard;
    this.table = table;
    this.points = points;
    this.changing = changing;
  }

  State state() {
    return state;
  }

  /** How much of the rows was read, in thousandths. */
  int rebuiltPermille() {
    return rebuiltPermille;
  }

  /** From now on this node has the shard in memory. */
  void own() {
    synchronized (this) {
      if (owned) {
        return;
      }
      owned = true;
      terms++;
      dropWanted = false;
      state = State.REBUILDING;
      followWanted = true;
    }
    next();
  }

  /** It is another's; the points stay, and are followed no more. */
  synchronized void disown() {
    owned = false;
    state = State.NOT_HERE;
  }

  /** Frees the memory of a shard that is another's. */
  void forget() {
    synchronized (this) {
      if (owned || position == 0) {
        return;
      }
      dropWanted = true;
    }
    next();
  }

  /** Somebody has seen how far the shard is. */
  void seen(long change) {
    synchronized (this) {
      if (!owned || (change == position && state == State.READY)) {
        return;
      }
      followWanted = true;
    }
    next();
  }

  /** Writes rows; completes when they are committed and found. */
  Future<Writing> write(List<PointChange> rows, long deadlineNanos) {
    Promise<Writing> done = Promise.promise();
    synchronized (this) {
      if (closed || pending.rows() + rows.size() > PendingWrites.MAX_ROWS) {
        return Future.succeededFuture(
            notExecuted(
                "%d points wait to be written to shard %d (expected: at most %d)"
                    .formatted(pending.rows(), shard, PendingWrites.MAX_ROWS)));
      }
      pending.add(new Pending(rows, deadlineNanos, done));
    }
    next();
    return done.future();
  }

  /** Does nothing more; what waits is not executed. */
  void close() {
    List<Pending> waiting;
    synchronized (this) {
      closed = true;
      waiting = pending.takeAll();
    }
    waiting.forEach(one -> one.done().complete(notExecuted("the node is closing")));
  }

  /** Does what is next unless something is under way; a loop, since much of it may fail at once. */
  private void next() {
    Future<?> step = begin();
    while (step != null && step.isComplete()) {
      ended(step);
      step = begin();
    }
    if (step != null) {
      step.onComplete(
          done -> {
            ended(done);
            next();
          });
    }
  }

  private void ended(AsyncResult<?> step) {
    if (step.failed()) {
      log.debug("Shard {} is looked at again later", shard, step.cause());
    }
    synchronized (this) {
      busy = false;
    }
  }

  /** Begins the next step; null when there is nothing to do, or something is under way. */
  private @Nullable Future<?> begin() {
    List<Pending> late = List.of();
    Future<?> step = null;
    synchronized (this) {
      if (!busy && !closed) {
        late = pending.takeLate(System.nanoTime());
        step = choose();
        busy = step != null;
      }
    }
    late.forEach(one -> one.done().complete(notExecuted("the deadline passed before its turn")));
    return step;
  }

  private @Nullable Future<?> choose() {
    if (dropWanted) {
      dropWanted = false;
      return dropAll();
    }
    boolean follow = followWanted && owned;
    // In turns: a rebuild takes many pages, and neither may keep the other waiting for long.
    if (!pending.isEmpty() && (!follow || followedLast)) {
      followedLast = false;
      return writeBatch(pending.takeBatch(), position);
    }
    if (!follow) {
      return null;
    }
    followWanted = false;
    followedLast = true;
    return follow(position, terms);
  }

  private Future<?> writeBatch(List<Pending> batch, long from) {
    List<PointChange> rows = batch.stream().flatMap(one -> one.rows().stream()).toList();
    long now = System.nanoTime();
    long longestNanos = batch.stream().mapToLong(one -> one.deadlineNanos() - now).max().orElse(0);
    Duration limit = Duration.ofNanos(Math.min(longestNanos, PATIENCE.toNanos()));
    return table
        .write(shard, rows, limit)
        .transform(
            written ->
                written.failed()
                    ? notWritten(batch, written.cause())
                    : written(batch, rows, written.result(), from));
  }

  private Future<Void> written(
      List<Pending> batch, List<PointChange> rows, PointTable.Written written, long from) {
    List<PointChange> done = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (written.done().contains(i)) {
        done.add(rows.get(i));
      }
    }
    boolean here = state != State.NOT_HERE;
    Future<Void> applied = here ? apply(done) : Future.succeededFuture();
    return applied
        .onComplete(
            ended -> {
              synchronized (this) {
                if (here && ended.succeeded() && written.base() == from) {
                  position = from + rows.size();
                } else {
                  followWanted = true;
                }
              }
            })
        .onComplete(
            ended -> {
              int first = 0;
              for (Pending one : batch) {
                one.done().complete(outcome(one, first, written.done()));
                first += one.rows().size();
              }
            });
  }

  /** Deletes of what is not there write nothing; a put writes unless its collection is gone. */
  private static Writing outcome(Pending one, int first, Set<Integer> done) {
    for (int i = 0; i < one.rows().size(); i++) {
      if (!one.rows().get(i).isDeleted() && !done.contains(first + i)) {
        return new NotWritten(Reason.GONE, "the collection was deleted");
      }
    }
    return new Written();
  }

  private Future<Void> notWritten(List<Pending> batch, Throwable failure) {
    NotWritten outcome = notWritten(failure);
    for (Pending one : batch) {
      if (outcome == null) {
        one.done().fail(failure);
      } else {
        one.done().complete(outcome);
      }
    }
    if (outcome != null && outcome.reason() == Reason.UNKNOWN) {
      // The memory follows what the rows say.
      synchronized (this) {
        followWanted = owned;
      }
    }
    return Future.succeededFuture();
  }

  private static @Nullable NotWritten notWritten(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return null;
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          notExecuted("the database did not answer; nothing was changed");
      case UNKNOWN_OUTCOME ->
          new NotWritten(Reason.UNKNOWN, "the database was lost during the commit");
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> null;
    };
  }

  private static NotWritten notExecuted(String why) {
    return new NotWritten(Reason.NOT_EXECUTED, why);
  }

  /** Reads a page of rows behind the position. */
  private Future<?> follow(long from, int term) {
    return table
        .changes(shard, from, PAGE, PATIENCE)
        .compose(
            page -> {
              if (page.last() < from || hasMissed(page, from)) {
                log.info(
                    "Shard {} is read anew: what was deleted since {} is not known", shard, from);
                return dropAll().onSuccess(dropped -> wantMore());
              }
              // Taken first: other shards are read at the same time.
              long units = LocalPoints.units(page.rows());
              if (!points.memory().take(units)) {
                return full();
              }
              return apply(page.rows())
                  .onComplete(ended -> points.memory().add(-units))
                  .onSuccess(applied -> advance(page, term));
            });
  }

  private Future<Void> apply(List<PointChange> rows) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : changing.run(
            () -> {
              points.apply(shard, rows);
              return null;
            });
  }

  /** Whether deletes were forgotten that had not been read. */
  private synchronized boolean hasMissed(PointTable.Page page, long from) {
    boolean missed = from > 0 && page.forgotten() > forgotten && page.forgotten() > from;
    forgotten = page.forgotten();
    return missed;
  }

  private synchronized void advance(PointTable.Page page, int term) {
    position = page.upTo();
    rebuiltPermille = page.last() == 0 ? 1000 : (int) (1000 * position / page.last());
    if (page.more()) {
      followWanted = true;
    } else if (owned && terms == term && state != State.READY) {
      state = State.READY;
      log.debug("Shard {} is in memory up to change {}", shard, position);
    }
  }

  private synchronized void wantMore() {
    followWanted = true;
  }

  /** Looked at again at the next poll: there may be room then. */
  private synchronized Future<Void> full() {
    if (owned) {
      state = State.FULL;
    }
    return Future.succeededFuture();
  }

  /** The state first: a search that sees what is being dropped must not call itself complete. */
  private synchronized Future<Void> dropAll() {
    if (owned) {
      state = State.REBUILDING;
    }
    rebuiltPermille = 0;
    return changing
        .<Void>run(
            () -> {
              points.drop(shard);
              return null;
            })
        .onSuccess(
            dropped -> {
              synchronized (this) {
                position = 0;
              }
            });
  }
}
