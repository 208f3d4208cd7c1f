package dev.starling.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/** The way into an embedded server: who connects, with which password, and what must hold there. */
final class ServerAccess {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(10);

  /** Wrong password, no such role, no such database: not bootstrapped, or not to the end. */
  private static final Set<String> NOT_BOOTSTRAPPED = Set.of("28P01", "28000", "3D000");

  private final Path credentialsFile;
  private final String identity;

  /**
   * @param home a real path
   */
  ServerAccess(Path home, String identity) {
    this.credentialsFile = home.resolve("credentials");
    this.identity = identity;
  }

  /** The passwords; made up now unless there is a server that has others. */
  Credentials credentials(boolean initialized) throws IOException {
    if (initialized && !Files.exists(credentialsFile)) {
      throw new PostgresException(
          credentialsFile + ": missing (expected: the passwords of the server beside it)");
    }
    return Credentials.in(credentialsFile);
  }

  /** What nodes connect to. */
  PostgresEndpoint endpoint(Credentials credentials, int port) {
    return endpoint(port, Bootstrap.DATABASE, Bootstrap.ROLE, credentials.node());
  }

  /**
   * Connects as a node and refuses a server that is not durable; finishes the bootstrap if that was
   * never done. An {@link SQLException} means that the server does not let anybody in (yet).
   */
  void verify(Credentials credentials, int port) throws SQLException {
    PostgresEndpoint node = endpoint(credentials, port);
    try {
      if (verify(node)) {
        return;
      }
    } catch (SQLException e) {
      if (!NOT_BOOTSTRAPPED.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
    }
    try (Connection superuser = superuser(credentials, port)) {
      Bootstrap.role(superuser, credentials.node());
      Bootstrap.database(superuser, Bootstrap.DATABASE);
    }
    verify(node);
  }

  /** A connection as the bootstrap role, to be closed soon. */
  Connection superuser(Credentials credentials, int port) throws SQLException {
    return connect(endpoint(port, "postgres", ServerProcess.SUPERUSER, credentials.superuser()));
  }

  /** Says whether the role has all its rights, which one of an earlier release has not. */
  private static boolean verify(PostgresEndpoint node) throws SQLException {
    try (Connection connection = connect(node)) {
      ServerSettings.verifyEmbedded(connection);
      return Bootstrap.isComplete(connection);
    }
  }

  private static Connection connect(PostgresEndpoint endpoint) throws SQLException {
    return Jdbc.dataSource(endpoint, CONNECT_LIMIT, STATEMENT_LIMIT).getConnection();
  }

  private PostgresEndpoint endpoint(int port, String database, String user, String password) {
    return new PostgresEndpoint(
        ServerPort.LOOPBACK, port, database, user, password, Tls.DISABLE, null, identity);
  }
}
