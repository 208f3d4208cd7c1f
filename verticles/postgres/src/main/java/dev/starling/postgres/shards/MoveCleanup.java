package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Takes away what a move of a shard has made and not taken away itself, by what is found there and
 * by the placement alone. So it is also how a move that fails is undone, and what comes first when
 * one that was cut off is done again.
 *
 * <p>Blocking, and used by one thread.
 */
final class MoveCleanup {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long SLOT_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final String NEWEST_MOVED =
      """
      SELECT nspname FROM pg_namespace WHERE nspname ~ ?
      ORDER BY substring(nspname FROM '\\d+$')::bigint DESC LIMIT 1""";

  private final ShardCluster cluster;
  private final MoveNames names;
  private final Consumer<String> say;

  MoveCleanup(ShardCluster cluster, MoveNames names, Consumer<String> say) {
    this.cluster = cluster;
    this.names = names;
    this.say = say;
  }

  /**
   * Leaves the shard where its place is, and nothing of a move anywhere.
   *
   * @param place of the placement, which says where the shard is whatever happened
   * @param target where it was or is to go; of the other databases those are looked at that answer
   */
  void run(Placement.Place place, String target) throws SQLException {
    Set<String> reachable = reachable(new LinkedHashSet<>(List.of(place.database(), target)));
    try (Session holder = cluster.checkedSession(place.database())) {
      restore(holder, place);
      removeStream(holder);
    }
    for (String name : reachable) {
      if (!name.equals(place.database())) {
        try (Session other = cluster.checkedSession(name)) {
          removeStream(other);
          removeCopy(other, name);
        }
      }
    }
    // Only now has nobody a use for the slots.
    for (String name : reachable) {
      try (Session each = cluster.checkedSession(name)) {
        removeSlots(each);
      }
    }
  }

  private Set<String> reachable(Set<String> needed) {
    Set<String> reachable = new LinkedHashSet<>(needed);
    for (String name : cluster.names()) {
      try {
        cluster.session(name).close();
        reachable.add(name);
      } catch (SQLException e) {
        if (!needed.contains(name)) {
          say.accept(name + " cannot be reached, and is left as it is");
        }
      }
    }
    return reachable;
  }

  /**
   * The schema of a move that was cut off between its last two steps has its name back. It is the
   * one that was there last, since the shard is still placed there.
   */
  private void restore(Session holder, Placement.Place place) throws SQLException {
    if (ShardTables.exists(holder, names.schema())) {
      return;
    }
    String moved = holder.text(NEWEST_MOVED, names.movedPattern());
    if (moved == null) {
      throw new PostgresException(
          "%s is not in %s, where its place is (expected: that or what a move left of it)"
              .formatted(names.schema(), place.database()));
    }
    holder.execute("ALTER SCHEMA " + moved + " RENAME TO " + names.schema());
    say.accept(names.schema() + " is served by " + place.database() + " again");
  }

  private void removeStream(Session session) throws SQLException {
    if (session.is(
        "SELECT EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
            + " WHERE d.datname = current_database() AND s.subname = ?)",
        names.subscription())) {
      dropSubscription(session);
    }
    session.execute("DROP PUBLICATION IF EXISTS " + names.publication());
    if (ShardTables.exists(session, names.schema())) {
      session.execute("DROP TABLE IF EXISTS " + names.marks());
    }
  }

  /** With its slots, if their server can be reached from there. */
  private void dropSubscription(Session session) throws SQLException {
    session.execute("ALTER SUBSCRIPTION " + names.subscription() + " DISABLE");
    try {
      session.execute("DROP SUBSCRIPTION " + names.subscription());
    } catch (SQLException e) {
      session.execute("ALTER SUBSCRIPTION " + names.subscription() + " SET (slot_name = NONE)");
      session.execute("DROP SUBSCRIPTION " + names.subscription());
    }
  }

  private void removeCopy(Session other, String name) throws SQLException {
    if (ShardTables.exists(other, names.schema())) {
      other.execute("DROP SCHEMA " + names.schema() + " CASCADE");
      say.accept("removed the unfinished copy of " + names.schema() + " from " + name);
    }
  }

  private void removeSlots(Session session) throws SQLException {
    List<String> slots =
        session.texts(
            "SELECT slot_name FROM pg_replication_slots"
                + " WHERE database = current_database() AND slot_name = ?",
            names.slot(session));
    for (String slot : slots) {
      long giveUpNanos = System.nanoTime() + SLOT_PATIENCE_NANOS;
      while (!dropped(session, slot)) {
        if (System.nanoTime() - giveUpNanos > 0) {
          throw new PostgresException("replication slot " + slot + " is in use and stays so");
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private static boolean dropped(Session session, String slot) throws SQLException {
    // Who reads it reads for a subscription that is gone.
    session.texts(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
            + " WHERE slot_name = ? AND active_pid IS NOT NULL",
        slot);
    session.texts(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            + " WHERE slot_name = ? AND active_pid IS NULL",
        slot);
    return !session.is(
        "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ?)", slot);
  }
}
