package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Moves a shard to another database while it is served, by PostgreSQL's own logical replication.
 *
 * <p>Blocking, and run by one thread; {@link #cancel} may be called by any. Until the last step the
 * shard is where it was: whatever fails, {@link #run} takes everything away that it made, and
 * throws a {@link PostgresException} of one line. A move that was cut off is cleared away by the
 * next one of that shard.
 */
public final class ShardMove {
  /*
   * 1. The target gets the tables, from the services' own migrations.
   * 2. A publication, a slot and a subscription copy the rows, and then what changes.
   * 3. Rehearsal. Writers are stopped for a moment. A mark that is written then has arrived at the
   *    target when it is seen there, and with it everything before it, since the changes arrive in
   *    the order of their commits. Now a snapshot is taken at both places, writers go on, and the
   *    snapshots are compared row by row.
   * 4. The real thing. The same stop, in a transaction that has the tables for itself alone; the
   *    mark; then the schema gets another name and the placement another row. Up to that commit
   *    there is nothing to undo: the transaction ends with this process.
   * 5. What was taken over is compared once more, with the old tables, which nobody can write any
   *    more.
   */

  /** Longer than this callers are not kept waiting; then they go on, and it is tried again. */
  static final Duration DEFAULT_PAUSE_LIMIT = Duration.ofSeconds(1);

  private static final int ATTEMPTS = 10;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long ARRIVAL_LIMIT_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** So fast a mark must arrive before writers are stopped for one. */
  private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int MOST_ERRORS = 3;

  private static final String SWITCH =
      "UPDATE shards.placement SET database = ?, epoch = epoch + 1 WHERE shard = ? AND epoch = ?";

  private final ShardCluster cluster;
  private final ClassLoader files;
  private final Duration pauseLimit;
  private final Consumer<String> say;
  private final AtomicBoolean cancelled = new AtomicBoolean();

  /**
   * @param files finds the migrations of every service
   * @param pauseLimit how long writers may be stopped at once
   * @param say takes lines about how far it is
   */
  public ShardMove(
      ShardCluster cluster, ClassLoader files, Duration pauseLimit, Consumer<String> say) {
    this.cluster = cluster;
    this.files = files;
    this.pauseLimit = pauseLimit;
    this.say = say;
  }

  /**
   * How a move ended.
   *
   * @param epoch of the shard at its new place
   * @param bytes of its tables there
   * @param pauseMillis how long nobody could write to the shard
   * @param rehearsalMillis likewise, earlier, when only writers had to wait
   * @param kept the schema that is left at the old place
   * @param differences one line for each table that is not what it was; empty when all is well
   */
  public record Moved(
      int shard,
      String from,
      String to,
      long epoch,
      int tables,
      long bytes,
      double pauseMillis,
      double rehearsalMillis,
      String kept,
      List<String> differences) {
    public Moved {
      differences = List.copyOf(differences);
    }
  }

  /** Ends it at the next step, with everything undone; of no effect when it is too late. */
  public void cancel() {
    cancelled.set(true);
  }

  /**
   * Moves a shard.
   *
   * @throws PostgresException saying why it is where it was
   */
  public Moved run(int shard, String to) {
    MoveNames names = new MoveNames(shard);
    cluster.endpoint(to);
    try (Session home = cluster.checkedSession(ShardDatabaseConfig.HOME)) {
      MoveTurn.take(home);
      Placement.Place from = cluster.placement(home).of(shard);
      MoveCleanup cleanup = new MoveCleanup(cluster, names, say);
      cleanup.run(from, to);
      if (from.database().equals(to)) {
        throw new PostgresException(names.schema() + " is in " + to + " already");
      }
      Moved moved = moveOrUndo(home, names, from, to, cleanup);
      cleanup.run(new Placement.Place(to, moved.epoch()), from.database());
      return moved;
    } catch (SQLException e) {
      throw new PostgresException(names.schema() + ": " + e.getMessage(), e);
    }
  }

  private Moved moveOrUndo(
      Session home, MoveNames names, Placement.Place from, String to, MoveCleanup cleanup)
      throws SQLException {
    try {
      return move(home, names, from, to);
    } catch (SQLException | RuntimeException e) {
      Placement.Place place;
      try {
        place = fence(names.shard(), from);
        say.accept("undoing: " + e.getMessage());
        cleanup.run(place, place.database().equals(to) ? from.database() : to);
      } catch (SQLException | RuntimeException again) {
        e.addSuppressed(again);
        throw new PostgresException(
            "%s: %s; and it could not be undone: %s (expected: the same command once more)"
                .formatted(names.schema(), e.getMessage(), again.getMessage()),
            e);
      }
      if (place.database().equals(to)) {
        throw new PostgresException(
            "%s is in %s now, but: %s".formatted(names.schema(), to, e.getMessage()), e);
      }
      throw e;
    }
  }

  /**
   * Says where the shard is once the outcome of the switch does not matter any more: if it has not
   * been done it never will be, for the epoch is another one then.
   */
  private Placement.Place fence(int shard, Placement.Place from) throws SQLException {
    // Anew: the connection may be what has failed.
    try (Session home = cluster.checkedSession(ShardDatabaseConfig.HOME)) {
      home.update(SWITCH, from.database(), shard, from.epoch());
      return cluster.placement(home).of(shard);
    }
  }

  private Moved move(Session home, MoveNames names, Placement.Place from, String to)
      throws SQLException {
    try (Session source = cluster.checkedSession(from.database());
        Session target = cluster.checkedSession(to)) {
      MoveStream stream = new MoveStream(cluster, names, from.database(), to, source, target);
      stream.check();
      say.accept(names.schema() + ": " + from.database() + " -> " + to);
      makeTables(home, names, source, to, target);
      stream.open();
      copy(stream);
      comeClose(stream);
      double rehearsal = rehearse(names, from.database(), to, stream);
      comeClose(stream);
      return takeOver(home, names, from, to, stream, rehearsal);
    }
  }

  /** The same services in the same versions, so the same tables. */
  private void makeTables(Session home, MoveNames names, Session source, String to, Session target)
      throws SQLException {
    Map<String, String> applied = ShardTables.applied(source, names.schema());
    for (String history : applied.keySet()) {
      ShardMigration migration = migration(home, history);
      new ShardSchemas(cluster.endpoint(to), migration, ShardScripts.of(migration))
          .bringUpToDate(List.of(names.shard()));
    }
    Map<String, String> made = ShardTables.applied(target, names.schema());
    if (!made.equals(applied)) {
      throw new PostgresException(
          names.schema()
              + ": the tables there are of other versions than the files here: "
              + applied
              + " and "
              + made
              + " (expected: the release that the nodes run)");
    }
  }

  private ShardMigration migration(Session home, String history) throws SQLException {
    String name =
        home.text(
            "SELECT name FROM shards.services WHERE 'flyway_' || replace(name, '-', '_') = ?",
            history);
    String location =
        name == null
            ? null
            : home.text("SELECT location FROM shards.services WHERE name = ?", name);
    if (name == null
        || location == null
        || files.getResource(location.replaceFirst("^classpath:", "") + "/") == null) {
      throw new PostgresException(
          "no files for the tables of " + history + " (expected: verticles.path as nodes have it)");
    }
    return new ShardMigration(name, location, files);
  }

  private void copy(MoveStream stream) throws SQLException {
    long toldNanos = System.nanoTime() - TELL_NANOS;
    while (true) {
      checkCancelled();
      MoveStream.Progress progress = stream.progress();
      if (progress.errors() > MOST_ERRORS) {
        throw new PostgresException(
            "the rows cannot be copied (see the log of the server of the target)");
      }
      if (progress.isCopied() || System.nanoTime() - toldNanos >= TELL_NANOS) {
        say.accept(progress.text());
        toldNanos = System.nanoTime();
      }
      if (progress.isCopied()) {
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Waits until what is written arrives soon. */
  private void comeClose(MoveStream stream) throws SQLException {
    long giveUpNanos = System.nanoTime() + ARRIVAL_LIMIT_NANOS;
    while (true) {
      long beganNanos = System.nanoTime();
      UUID mark = stream.mark();
      long toldNanos = beganNanos;
      while (!stream.hasArrived(mark)) {
        checkCancelled();
        boolean late = System.nanoTime() - giveUpNanos > 0;
        if (!late && System.nanoTime() - toldNanos >= TELL_NANOS) {
          MoveStream.Progress progress = stream.progress();
          say.accept(progress.text());
          late = progress.errors() > MOST_ERRORS;
          toldNanos = System.nanoTime();
        }
        if (late) {
          throw new PostgresException(
              "changes do not arrive soon enough (see the log of the server of the target)");
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
      if (System.nanoTime() - beganNanos <= CLOSE_NANOS) {
        return;
      }
    }
  }

  /** Compares both places as of one moment, without an effect on either. */
  private double rehearse(MoveNames names, String from, String to, MoveStream stream)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      checkCancelled();
      try (Session here = cluster.session(from);
          Session there = cluster.session(to);
          MovePause pause = MovePause.ofWriters(cluster, names, from, pauseLimit)) {
        stream.checkTables(pause.session());
        if (pause.await(stream, stream.mark())) {
          here.beginSnapshot();
          there.beginSnapshot();
          double millis = pause.end();
          say.accept("comparing all rows; writers waited %.1f ms".formatted(millis));
          refuse(
              ShardTables.differences(
                  here, names.schema(), there, names.schema(), stream.tables()));
          return millis;
        }
      }
      again(attempt);
    }
  }

  private Moved takeOver(
      Session home,
      MoveNames names,
      Placement.Place from,
      String to,
      MoveStream stream,
      double rehearsalMillis)
      throws SQLException {
    String kept = names.moved(from.epoch());
    for (int attempt = 1; ; attempt++) {
      checkCancelled();
      try (Session there = cluster.session(to);
          MovePause pause = MovePause.ofEverybody(cluster, names, from.database(), pauseLimit)) {
        stream.checkTables(pause.session());
        if (pause.await(stream, stream.mark())) {
          stream.takeSequences(pause.session());
          there.beginSnapshot();
          pause.rename(kept);
          if (home.update(SWITCH, to, names.shard(), from.epoch()) != 1) {
            throw new PostgresException("somebody else has moved " + names.schema());
          }
          double millis = pause.end();
          say.accept(
              "%s is served by %s; nobody could write for %.1f ms"
                  .formatted(names.schema(), to, millis));
          return moved(names, from, to, stream, there, rehearsalMillis, millis);
        }
      }
      again(attempt);
    }
  }

  private Moved moved(
      MoveNames names,
      Placement.Place from,
      String to,
      MoveStream stream,
      Session there,
      double rehearsalMillis,
      double pauseMillis)
      throws SQLException {
    String kept = names.moved(from.epoch());
    try (Session old = cluster.session(from.database())) {
      old.execute("DROP TABLE IF EXISTS " + kept + "." + MoveNames.MARKS);
      List<String> differences =
          ShardTables.differences(old, kept, there, names.schema(), stream.tables());
      long bytes = ShardTables.bytes(there, names.schema());
      return new Moved(
          names.shard(),
          from.database(),
          to,
          from.epoch() + 1,
          stream.tables().size(),
          bytes,
          pauseMillis,
          rehearsalMillis,
          kept,
          differences);
    }
  }

  private void again(int attempt) {
    if (attempt == ATTEMPTS) {
      throw new PostgresException(
          "changes do not arrive within "
              + pauseLimit.toMillis()
              + " ms (expected: so that writers"
              + " need not wait longer; see --max-pause)");
    }
    say.accept("not within " + pauseLimit.toMillis() + " ms: everybody goes on, and once more");
    LockSupport.parkNanos(LOOK_NANOS);
  }

  private static void refuse(List<String> differences) {
    if (!differences.isEmpty()) {
      throw new PostgresException("the copy differs: " + String.join("; ", differences));
    }
  }

  private void checkCancelled() {
    if (cancelled.get()) {
      throw new PostgresException("interrupted");
    }
  }
}
