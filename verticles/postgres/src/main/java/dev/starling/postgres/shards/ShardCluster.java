package dev.starling.postgres.shards;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a cluster as an operator's command sees them: no pools, no node, blocking.
 *
 * <p>Used by one thread. Whoever opens one closes it; then it lets go of the embedded server.
 */
public final class ShardCluster implements AutoCloseable {
  private static final String PLACEMENT =
      "SELECT database || ' ' || epoch FROM shards.placement ORDER BY shard";
  private static final String LABEL = "SELECT name FROM shard_host.label";

  private final @Nullable EmbeddedPostgres embedded;
  private final Map<String, PostgresEndpoint> databases;
  private final ShardsConfig config;

  private ShardCluster(
      @Nullable EmbeddedPostgres embedded,
      Map<String, PostgresEndpoint> databases,
      ShardsConfig config) {
    this.embedded = embedded;
    this.databases = databases;
    this.config = config;
  }

  /**
   * Finds the databases that a node with this configuration would use, and connects to none.
   *
   * @param dataDirectory of the embedded server, which is attached to or started
   */
  public static ShardCluster open(
      Path dataDirectory, PostgresConfig postgres, ShardsConfig config) {
    EmbeddedPostgres embedded =
        postgres.embedded() ? EmbeddedPostgres.start(dataDirectory, postgres) : null;
    Map<String, PostgresEndpoint> databases = new LinkedHashMap<>();
    databases.put(
        ShardDatabaseConfig.HOME,
        embedded != null ? embedded.endpoint() : PostgresEndpoint.parse(postgres.uri()));
    for (ShardDatabaseConfig database : config.databases()) {
      if (!database.isHome()) {
        databases.put(database.name(), PostgresEndpoint.parse(database.uri()));
      }
    }
    return new ShardCluster(embedded, databases, config);
  }

  /** The names of the databases, home first. */
  List<String> names() {
    return List.copyOf(databases.keySet());
  }

  PostgresEndpoint endpoint(String name) {
    PostgresEndpoint endpoint = databases.get(name);
    if (endpoint == null) {
      throw new PostgresException(
          "database " + name + " (expected one of: " + String.join(", ", names()) + ")");
    }
    return endpoint;
  }

  List<PostgresEndpoint> replicas(String name) {
    return config.databases().stream()
        .filter(database -> database.name().equals(name))
        .flatMap(database -> database.replicas().stream())
        .map(PostgresEndpoint::parse)
        .toList();
  }

  Session session(String name) throws SQLException {
    return new Session(endpoint(name));
  }

  /** Connects, and refuses a database that is not the one of this name. */
  Session checkedSession(String name) throws SQLException {
    Session session = session(name);
    try {
      boolean labelled = session.is("SELECT to_regclass('shard_host.label') IS NOT NULL");
      String found = labelled ? session.text(LABEL) : null;
      if (found != null && !found.equals(name)) {
        throw new PostgresException(
            "shards.databases: the uri of %s leads to the database named %s"
                .formatted(name, found));
      }
      return session;
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Where the shards are. */
  Placement placement(Session home) throws SQLException {
    if (!home.is("SELECT to_regclass('shards.placement') IS NOT NULL")) {
      throw new PostgresException(
          "no shards have been placed in "
              + endpoint(ShardDatabaseConfig.HOME)
              + " (expected: a cluster that has been started)");
    }
    List<Placement.Place> places = new ArrayList<>();
    for (String place : home.texts(PLACEMENT)) {
      int blank = place.indexOf(' ');
      places.add(
          new Placement.Place(
              place.substring(0, blank), Long.parseLong(place.substring(blank + 1))));
    }
    return new Placement(places);
  }

  @Override
  public void close() {
    if (embedded != null) {
      embedded.close();
    }
  }
}
