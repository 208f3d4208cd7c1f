package dev.starling.postgres.shards;

import dev.starling.postgres.Jdbc;
import dev.starling.postgres.Migrations;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.shards.ShardScripts.Script;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a service has in the shards of one database up to date. Blocking; nodes that start at
 * once take turns.
 *
 * <p>Flyway does the first shard: it reads the files, checks them against the history and says what
 * is wrong. It needs some 50 ms for that, whether there is anything to do or not, which 32 shards
 * times a handful of services would make too long. So the other shards get the same files and the
 * same lines of history, each in one transaction. Flyway takes any of them from there: its
 * histories are what it would have written. A shard that is not simply behind, or that does not
 * take the files, is left to Flyway, which finds the words for it.
 */
final class ShardSchemas {
  private static final Logger log = LoggerFactory.getLogger(ShardSchemas.class);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final int TELL_EACH = 8;

  /* Made again with LIKE: what Flyway's table looks like is Flyway's affair. */
  private static final String REMEMBER =
      """
      CREATE TABLE IF NOT EXISTS %1$s.%3$s (LIKE %2$s.%3$s INCLUDING ALL);
      INSERT INTO %1$s.%3$s (installed_rank, version, description, type, script, checksum,
        installed_by, installed_on, execution_time, success)
      SELECT row_number() OVER (ORDER BY done.installed_rank)
          + (SELECT coalesce(max(installed_rank), 0) FROM %1$s.%3$s),
        done.version, done.description, done.type, done.script, done.checksum,
        current_user, now(), 0, true
      FROM %2$s.%3$s AS done
      WHERE done.type = 'SQL' AND done.version IS NOT NULL
        AND NOT EXISTS (SELECT FROM %1$s.%3$s AS own WHERE own.version = done.version)""";

  private final PostgresEndpoint endpoint;
  private final ShardMigration migration;
  private final @Nullable ShardScripts scripts;

  /**
   * @param scripts of the migration; empty when Flyway has to read them itself
   */
  ShardSchemas(
      PostgresEndpoint endpoint, ShardMigration migration, Optional<ShardScripts> scripts) {
    this.endpoint = endpoint;
    this.migration = migration;
    this.scripts = scripts.orElse(null);
  }

  /**
   * @throws PostgresException naming the schema, the file and the server's error
   */
  void bringUpToDate(List<Integer> shards) {
    try (Connection turn =
            Jdbc.dataSource(endpoint, CONNECT_LIMIT, Migrations.LOCK_LIMIT).getConnection();
        Connection work =
            Jdbc.dataSource(endpoint, CONNECT_LIMIT, Migrations.STATEMENT_LIMIT).getConnection()) {
      Migrations.awaitTurn(turn, "of the shards");
      bringUpToDate(shards, work);
    } catch (SQLException e) {
      throw new PostgresException("shards, " + migration.service() + ": " + e.getMessage(), e);
    }
  }

  private void bringUpToDate(List<Integer> shards, Connection work) throws SQLException {
    List<String> schemas = shards.stream().map(Shards::schema).toList();
    Map<String, String> applied = applied(work, schemas);
    int done = 0;
    String model = null;
    for (String schema : schemas) {
      String before = applied.getOrDefault(schema, "");
      if (scripts == null || model == null) {
        flyway(schema);
        boolean plain =
            scripts != null
                && applied(work, List.of(schema)).getOrDefault(schema, "").equals(scripts.marks());
        model = plain ? schema : null;
      } else if (!before.equals(scripts.marks())) {
        List<Script> missing = scripts.after(before).orElse(null);
        if (missing == null || !replay(work, schema, model, missing)) {
          flyway(schema);
        }
      }
      if (++done % TELL_EACH == 0) {
        log.info("{}: {} of {} shards are up to date", migration.service(), done, schemas.size());
      }
    }
  }

  private void flyway(String schema) {
    Migrations.runPart(
        endpoint, schema, migration.history(), migration.location(), migration.classLoader());
  }

  private boolean replay(Connection work, String schema, String model, List<Script> missing)
      throws SQLException {
    work.setAutoCommit(false);
    try (Statement statement = work.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + schema);
      for (Script script : missing) {
        statement.execute(script.sql().replace("${shard}", schema));
      }
      statement.execute(REMEMBER.formatted(schema, model, migration.history()));
      work.commit();
      return true;
    } catch (SQLException e) {
      log.debug("{} takes {} not as {} did", schema, migration.service(), model, e);
      work.rollback();
      return false;
    } finally {
      work.setAutoCommit(true);
    }
  }

  private Map<String, String> applied(Connection work, List<String> schemas) throws SQLException {
    List<String> having = new ArrayList<>();
    Array wanted = work.createArrayOf("text", schemas.toArray());
    try (PreparedStatement statement =
        work.prepareStatement(ShardHistories.HAVING.replaceAll("\\$\\d", "?"))) {
      statement.setString(1, migration.history());
      statement.setArray(2, wanted);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          having.add(rows.getString(1));
        }
      }
    }
    Map<String, String> applied = new HashMap<>();
    if (!having.isEmpty()) {
      try (Statement statement = work.createStatement();
          ResultSet rows =
              statement.executeQuery(ShardHistories.all(having, migration.history()))) {
        while (rows.next()) {
          applied.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return applied;
  }
}
