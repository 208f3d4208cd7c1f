package dev.starling.users;

import dev.starling.sdk.Turns;
import dev.starling.users.Changes.Position;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's cache true to one database: it reads from PostgreSQL what was changed there,
 * evicts it, and says whether what was cached from there may be believed.
 *
 * <p>Thread-safe; shared by the instances of a node. See docs/adr/0009-near-cache.md.
 */
final class ChangeFeed {
  /*
   * The moment that counts is when a look began: every commit before it is in that look or in an
   * earlier one, because a look finds exactly what the snapshot of the look before could not see.
   * Until maxStaleness after that moment no cached value is further behind than maxStaleness.
   *
   * The feed keeps a connection to itself. Waiting for one like everybody else, it would be refused
   * when the pool is full of reads, the cache would be bypassed, and the reads would keep the pool
   * full.
   *
   * Where it cannot tell what was changed (at its first look, after a gap, when a table was emptied or
   * a shard has moved away) a new generation begins, and nothing that was read in an earlier one is
   * believed any more, including what is still being read.
   */
  static final int MAX_CHANGES = 10_000;

  /** How long changes are kept, at least, after they became visible. */
  static final Duration RETENTION = Duration.ofMinutes(10);

  private static final Duration HORIZON_GAP = Duration.ofMinutes(1);

  /** After a longer gap the feed starts over, well before changes that it needs are removed. */
  private static final Duration MAX_GAP = RETENTION.dividedBy(2);

  private static final Logger log = LoggerFactory.getLogger(ChangeFeed.class);

  private final String database;
  private final ChangeTable table;
  private final NearCache<?> cache;
  private final Duration maxStaleness;
  private final LongSupplier nanoTime;
  private final Turns turns;
  private final Horizons horizons = new Horizons(RETENTION, HORIZON_GAP);
  private final AtomicReference<@Nullable Look> running = new AtomicReference<>();
  private final AtomicReference<@Nullable Future<SqlConnection>> line = new AtomicReference<>();
  private final AtomicLong generation = new AtomicLong();
  private volatile long freshUntilNanos;
  private volatile @Nullable Position position;
  private volatile boolean failing;

  private static final class Look {
    final long startedNanos;

    Look(long startedNanos) {
      this.startedNanos = startedNanos;
    }
  }

  /**
   * @param database its name, for the log
   * @param cache of all databases
   * @param maxStaleness how far a cached value may be behind the database
   * @param interval how often the instances of a node call {@link #tick}
   * @param nanoTime {@link System#nanoTime()}, or a test's
   */
  ChangeFeed(
      String database,
      ChangeTable table,
      NearCache<?> cache,
      Duration maxStaleness,
      Duration interval,
      LongSupplier nanoTime) {
    this.database = database;
    this.table = table;
    this.cache = cache;
    this.maxStaleness = maxStaleness;
    this.nanoTime = nanoTime;
    long now = nanoTime.getAsLong();
    this.turns = new Turns(interval, now);
    this.freshUntilNanos = now - 1;
  }

  /** The present generation; whoever reads the database notes it before. */
  long generation() {
    return generation.get();
  }

  /** Whether the feed has been read lately. */
  boolean isFresh() {
    return nanoTime.getAsLong() - freshUntilNanos <= 0;
  }

  /**
   * Whether nothing happened since {@code read} of which the feed would not know. Ask it after
   * {@link #isFresh}: a look that makes the feed fresh again begins its generation first.
   */
  boolean isCurrent(long read) {
    return generation.get() == read;
  }

  /** How far a cached value can be behind the database now, in seconds. */
  double ageSeconds() {
    long startedNanos = freshUntilNanos - maxStaleness.toNanos();
    return (nanoTime.getAsLong() - startedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** Looks if no instance of this node has looked for an interval. */
  Future<Void> tick() {
    return turns.take(nanoTime.getAsLong()) ? look() : Future.succeededFuture();
  }

  /** Looks now, unless a look is under way; never fails. */
  Future<Void> look() {
    Look look = new Look(nanoTime.getAsLong());
    Look before = running.get();
    if (before != null && look.startedNanos - before.startedNanos <= 2 * maxStaleness.toNanos()) {
      return Future.succeededFuture();
    }
    // A look does not end when the instance that began it is undeployed: its timer goes with it.
    if (!running.compareAndSet(before, look)) {
      return Future.succeededFuture();
    }
    Future<SqlConnection> connection = connection();
    return connection
        .compose(ready -> ChangeTable.since(ready, position, MAX_CHANGES))
        .timeout(maxStaleness.toMillis(), TimeUnit.MILLISECONDS)
        .<Void>compose(
            changes -> {
              apply(changes, look.startedNanos);
              return Future.succeededFuture();
            })
        .onFailure(failure -> drop(connection, failure))
        .otherwiseEmpty()
        .onComplete(done -> running.compareAndSet(look, null));
  }

  /** The transactions whose changes nobody needs any more, once; otherwise null. */
  @Nullable String retiredHorizon() {
    return horizons.retire(nanoTime.getAsLong());
  }

  /** Gives the connection back; the next look takes another. */
  void release() {
    Future<SqlConnection> connection = line.getAndSet(null);
    if (connection != null) {
      connection.onSuccess(SqlConnection::close);
    }
  }

  private Future<SqlConnection> connection() {
    Future<SqlConnection> open = line.get();
    if (open == null) {
      Future<SqlConnection> taken = table.connect();
      line.set(taken);
      taken.onSuccess(connection -> watch(taken, connection));
      open = taken;
    }
    return open;
  }

  /** Forgets a connection that breaks between two looks. */
  private void watch(Future<SqlConnection> taken, SqlConnection connection) {
    connection
        .exceptionHandler(lost -> log.debug("The connection of the change feed broke", lost))
        .closeHandler(closed -> line.compareAndSet(taken, null));
  }

  private void apply(Changes changes, long startedNanos) {
    Position before = position;
    Position now = changes.position();
    if (before == null || isBroken(before, now) || changes.changes().size() > MAX_CHANGES) {
      generation.incrementAndGet();
    } else {
      changes.changes().forEach(this::evict);
    }
    if (before == null || !before.server().equals(now.server())) {
      horizons.clear();
    }
    horizons.add(now.horizon(), startedNanos);
    position = now;
    freshUntilNanos = startedNanos + maxStaleness.toNanos();
    if (failing) {
      failing = false;
      log.info("{}: the change feed of users is back; reads use the cache again", database);
    }
  }

  /** Whether changes may lie between two positions that the feed does not have. */
  static boolean isBroken(Position before, Position now) {
    // Another server need not have every commit that the one before had (failover, restore).
    return !before.server().equals(now.server())
        || Duration.between(before.takenAt(), now.takenAt()).compareTo(MAX_GAP) > 0;
  }

  private void evict(Change change) {
    if (change.userId().equals(Change.EVERYBODY)) {
      generation.incrementAndGet();
    } else if (change.deleted()) {
      cache.forget(change.userId().toString());
    } else {
      cache.changed(change.userId().toString(), change.version());
    }
  }

  private void drop(Future<SqlConnection> connection, Throwable failure) {
    if (line.compareAndSet(connection, null)) {
      connection.onSuccess(SqlConnection::close);
    }
    if (!failing) {
      failing = true;
      log.warn(
          "{}: the change feed of users cannot be read, so reads bypass the cache: {}",
          database,
          failure.toString());
    }
  }
}
