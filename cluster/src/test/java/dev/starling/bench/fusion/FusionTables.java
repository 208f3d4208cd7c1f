package dev.starling.bench.fusion;

import dev.starling.bench.ShardTables;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What nodes have stored of events, decisions and commands. Used from one thread. */
final class FusionTables implements AutoCloseable {
  private static final String COMMAND_EVENT = "dev.starling.fusion.command";

  private final ShardTables tables;

  /** What no two events share. */
  record EventKey(UUID user, String source, String id) {}

  /**
   * A revision of a decision.
   *
   * @param command the id of its command; null when it has none
   */
  record Decision(EventKey utterance, int revision, String status, @Nullable UUID command) {}

  /**
   * A command as {@code devices} has booked it.
   *
   * @param decidedMillis from when its utterance was received until it was decided
   * @param bookedMillis until it was booked
   */
  record Command(
      EventKey utterance, UUID id, String state, double decidedMillis, double bookedMillis) {}

  /** Attaches to the server of nodes with this data directory. */
  FusionTables(Path dataDirectory) throws SQLException {
    tables = new ShardTables(dataDirectory);
  }

  /** Everything in the log. */
  void events(Consumer<EventKey> taker) throws SQLException {
    tables.each(
        "SELECT user_id, source, id FROM {shard}.fusion_events", row -> taker.accept(key(row)));
  }

  /** Utterances that have no decision yet. */
  long undecided() throws SQLException {
    return (long) tables.sum("SELECT count(*) FROM {shard}.fusion_due WHERE revision = 0");
  }

  /** Commands that fusion has decided and {@code devices} has not booked. */
  long unbooked() throws SQLException {
    return (long) tables.sum(commandEvents() + " AND done_at IS NULL");
  }

  /** Commands that fusion has decided, whatever became of them. */
  long decidedCommands() throws SQLException {
    return (long) tables.sum(commandEvents());
  }

  private static String commandEvents() {
    return "SELECT count(*) FROM {shard}.outbox WHERE type = '" + COMMAND_EVENT + "'";
  }

  /** All revisions. */
  List<Decision> decisions() throws SQLException {
    List<Decision> all = new ArrayList<>();
    tables.each(
        "SELECT user_id, source, id, revision, answer::json ->> 'status', command"
            + " FROM {shard}.fusion_decisions",
        row ->
            all.add(
                new Decision(
                    key(row), row.getInt(4), row.getString(5), row.getObject(6, UUID.class))));
    return all;
  }

  /** All commands whose utterance was received since then. */
  List<Command> commands(Instant since) throws SQLException {
    List<Command> all = new ArrayList<>();
    tables.each(
        """
        SELECT event.user_id, event.source, event.id, command.id, command.state,
          1000 * extract(epoch FROM decision.decided_at - event.received_at),
          1000 * extract(epoch FROM command.created_at - event.received_at)
        FROM {shard}.device_commands AS command
        JOIN {shard}.fusion_events AS event
          ON event.user_id = command.user_id
          AND event.source = command.decision_source AND event.id = command.decision_id
        LEFT JOIN {shard}.fusion_decisions AS decision
          ON decision.user_id = command.user_id AND decision.id = command.decision_id
          AND decision.source = command.decision_source AND decision.revision = command.revision
        WHERE event.received_at >= '%s'"""
            .formatted(since),
        row ->
            all.add(
                new Command(
                    key(row),
                    row.getObject(4, UUID.class),
                    row.getString(5),
                    row.getDouble(6),
                    row.getDouble(7))));
    return all;
  }

  /** Commands that were booked, with those whose utterance is not in the log. */
  long bookedCommands() throws SQLException {
    return (long) tables.sum("SELECT count(*) FROM {shard}.device_commands");
  }

  private static EventKey key(ResultSet row) throws SQLException {
    return new EventKey(row.getObject(1, UUID.class), row.getString(2), row.getString(3));
  }

  @Override
  public void close() throws SQLException {
    tables.close();
  }
}
