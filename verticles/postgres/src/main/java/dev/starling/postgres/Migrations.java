package dev.starling.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings the schema of one verticle to the state that its migrations describe.
 *
 * <p>The SQL files ({@code V1__users.sql}, {@code V2__…}) lie on the class path of the verticle's
 * jar below {@code db/<verticle>}; Flyway applies the missing ones in order and records them in
 * {@code <schema>.flyway_schema_history}. Blocking, so for a worker thread. Safe when many nodes
 * start at once: they take turns on an advisory lock, the first migrates, the others find nothing
 * to do.
 *
 * <p>Bounded: {@link #LOCK_LIMIT} for the turn, {@link #STATEMENT_LIMIT} for each statement.
 */
public final class Migrations {
  /** Longest wait for another node that migrates the same schema. */
  public static final Duration LOCK_LIMIT = Duration.ofMinutes(2);

  /** Longest run of one statement of a migration. */
  public static final Duration STATEMENT_LIMIT = Duration.ofMinutes(1);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final String QUERY_CANCELED = "57014";
  private static final String HISTORY = "flyway_schema_history";
  private static final String CLASSPATH = "classpath:";

  private Migrations() {}

  /**
   * What a run did.
   *
   * @param applied migrations that this call applied; 0 when another node was first
   * @param version newest version in the schema; empty when there is none
   */
  public record Migrated(int applied, String version) {}

  /** Migrates with files from the class path of Starling itself. */
  public static Migrated run(PostgresEndpoint endpoint, String schema, String location) {
    return run(endpoint, schema, location, Migrations.class.getClassLoader());
  }

  /**
   * Migrates one schema, which is created when absent.
   *
   * @param schema owned by one verticle
   * @param location {@code classpath:db/<verticle>}
   * @param classLoader finds the files, for a verticle in a jar of its own
   * @throws PostgresException naming the schema, the file and the server's error; a failed
   *     migration is rolled back and the schema stays at the version before it
   */
  public static Migrated run(
      PostgresEndpoint endpoint, String schema, String location, ClassLoader classLoader) {
    check(schema, location);
    return run(endpoint, schema, HISTORY, location, classLoader);
  }

  /**
   * Migrates what one service has in a schema that it shares with others. In its files {@code
   * ${shard}} stands for the schema.
   *
   * @param history the table in the schema that remembers what was applied
   */
  public static Migrated runPart(
      PostgresEndpoint endpoint,
      String schema,
      String history,
      String location,
      ClassLoader classLoader) {
    check(schema, location);
    return run(endpoint, schema, history, location, classLoader);
  }

  private static void check(String schema, String location) {
    if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "schema: " + schema + " (expected: 1..63 of a-z, 0-9 and _, not starting with a digit)");
    }
    if (!location.startsWith(CLASSPATH)) {
      throw new IllegalArgumentException(
          "location: " + location + " (expected: classpath:db/<verticle>)");
    }
  }

  private static Migrated run(
      PostgresEndpoint endpoint,
      String schema,
      String history,
      String location,
      ClassLoader classLoader) {
    PGSimpleDataSource source = Jdbc.dataSource(endpoint, CONNECT_LIMIT, STATEMENT_LIMIT);
    try (Connection turn = Jdbc.dataSource(endpoint, CONNECT_LIMIT, LOCK_LIMIT).getConnection()) {
      awaitTurn(turn, schema);
      return migrate(source, schema, history, location, classLoader);
    } catch (SQLException e) {
      throw new PostgresException("schema " + schema + ": " + e.getMessage(), e);
    } catch (FlywayException e) {
      throw new PostgresException(
          "schema " + schema + " from " + location + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits until nobody else migrates the same. Flyway has a lock of its own, but polls it once a
   * second and not yet when it makes a schema.
   *
   * @param connection keeps the turn until it is closed
   */
  public static void awaitTurn(Connection connection, String schema) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_advisory_lock(hashtextextended(?, 0))")) {
      lock.setString(1, "starling migrations " + schema);
      // Held until the connection closes, which the server notices whatever happens to this node.
      lock.execute();
    } catch (SQLException e) {
      if (QUERY_CANCELED.equals(e.getSQLState())) {
        throw new PostgresException(
            "schema "
                + schema
                + ": another node still migrates it (expected: within "
                + LOCK_LIMIT
                + ")",
            e);
      }
      throw e;
    }
  }

  private static Migrated migrate(
      PGSimpleDataSource source,
      String schema,
      String history,
      String location,
      ClassLoader classLoader) {
    MigrateResult result =
        Flyway.configure(classLoader)
            .dataSource(source)
            .table(history)
            .placeholders(Map.of("shard", schema))
            // Other services may have made the schema, and have tables in it.
            .baselineOnMigrate(!history.equals(HISTORY))
            .baselineVersion("0")
            .loggers(FlywayLog.class.getName())
            .locations(location)
            .failOnMissingLocations(true)
            .schemas(schema)
            .createSchemas(true)
            .cleanDisabled(true)
            .load()
            .migrate();
    String version = result.targetSchemaVersion;
    if (version == null) {
      version = result.initialSchemaVersion;
    }
    return new Migrated(result.migrationsExecuted, version == null ? "" : version);
  }
}
