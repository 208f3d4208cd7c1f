package dev.starling.postgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The server behind a pool; blocking, for a worker thread. */
sealed interface DatabaseServer {

  PostgresEndpoint endpoint();

  /** Looks after the server, if that is ours to do. */
  EmbeddedPostgres.ServerState ensureRunning();

  /** Lets go of the server. */
  Void release();

  /** The server that the config names, checked; or the embedded one, running. */
  static DatabaseServer open(Path dataDirectory, PostgresConfig config) {
    return config.embedded()
        ? new Embedded(EmbeddedPostgres.start(dataDirectory, config))
        : External.checked(config);
  }

  /** Shared by the nodes of this host. */
  record Embedded(EmbeddedPostgres server) implements DatabaseServer {
    @Override
    public PostgresEndpoint endpoint() {
      return server.endpoint();
    }

    @Override
    public EmbeddedPostgres.ServerState ensureRunning() {
      return server.ensureRunning();
    }

    @Override
    public Void release() {
      server.close();
      return null;
    }
  }

  /** Run by somebody else. */
  record External(PostgresEndpoint endpoint) implements DatabaseServer {
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);

    static External checked(PostgresConfig config) {
      External server = new External(PostgresEndpoint.parse(config.uri()));
      try {
        server.check(config);
      } catch (SQLException e) {
        throw new PostgresException("postgres.uri: " + server.endpoint + ": " + e.getMessage(), e);
      }
      return server;
    }

    /** Refuses a server that could lose a commit that it answered. */
    void check(PostgresConfig config) throws SQLException {
      try (Connection connection =
          Jdbc.dataSource(endpoint, config.connectTimeout(), CHECK_LIMIT).getConnection()) {
        ServerSettings.verifyExternal(connection);
      }
    }

    @Override
    public EmbeddedPostgres.ServerState ensureRunning() {
      return EmbeddedPostgres.ServerState.RUNNING;
    }

    @Override
    public Void release() {
      return null;
    }
  }
}
