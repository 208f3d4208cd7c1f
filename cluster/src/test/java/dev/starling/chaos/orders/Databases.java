package dev.starling.chaos.orders;

import dev.starling.load.FaultProxy;
import dev.starling.postgres.PostgresEndpoint;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The two physical databases of a lab: {@code home}, and {@code north}, which holds the upper half
 * of the shards and has a synchronous replica. Nodes reach them at addresses that stay the same
 * whoever is the primary.
 *
 * <p>Used from one thread, which it blocks.
 */
final class Databases implements AutoCloseable {
  private static final String URI = "postgresql://%s:%s@%s:%d/%s?sslmode=disable";

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final String host;
  private final int firstPort;
  private final PhysicalServer home;
  private final StandbyPair north;
  private final FaultProxy homeDoor;
  private final FaultProxy northDoor;
  private final FaultProxy replicaDoor;

  /**
   * @param host where nodes reach them
   * @param firstPort of three
   */
  Databases(Path directory, String host, int firstPort) {
    this.host = host;
    this.firstPort = firstPort;
    try {
      home = own(PhysicalServer.start(directory.resolve("home")));
      north = own(StandbyPair.start(directory.resolve("north")));
      homeDoor = own(new FaultProxy(host, firstPort, home.port()));
      northDoor = own(new FaultProxy(host, firstPort + 1, north.primary().port()));
      replicaDoor = own(new FaultProxy(host, firstPort + 2, north.replica().port()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What nodes are told of the home database. */
  String homeUri() {
    return uri(home.endpoint(), firstPort);
  }

  /** What nodes are told of the other one, as a section of their configuration. */
  String shards() {
    PostgresEndpoint endpoint = north.primary().endpoint();
    return """
        shards:
          databases:
            - name: north
              uri: "%s"
              shards: 16-31
              replicas: ["%s"]
        """
        .formatted(uri(endpoint, firstPort + 1), uri(endpoint, firstPort + 2));
  }

  /** Connections to each database as superuser, to be closed. */
  List<Connection> connect() throws SQLException {
    String database = home.endpoint().database();
    return List.of(home.superuser(database), north.primary().superuser(database));
  }

  /** Runs a statement in each, as superuser. */
  void execute(String sql) {
    try {
      for (Connection database : connect()) {
        try (database;
            Statement statement = database.createStatement()) {
          statement.execute(sql);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  void crashHome() {
    home.crash();
  }

  void recoverHome() {
    home.recover();
    homeDoor.leadTo(home.port());
  }

  void crashNorth() {
    north.primary().crash();
  }

  void recoverNorth() {
    north.recover();
    northDoor.leadTo(north.primary().port());
  }

  /** The primary of the north is lost for good, and its replica takes its address over. */
  void promoteNorth() {
    north.promote();
    northDoor.leadTo(north.primary().port());
  }

  /** The north gets a new replica. */
  void rejoinNorth() {
    north.rejoin();
    replicaDoor.leadTo(north.replica().port());
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        System.err.println("while tidying up: " + e.getMessage());
      }
    }
  }

  private String uri(PostgresEndpoint endpoint, int port) {
    return URI.formatted(endpoint.user(), endpoint.password(), host, port, endpoint.database());
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }
}
