package dev.starling.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's hold on the PostgreSQL server that all nodes with one data directory share.
 *
 * <p>The first process starts the server, later ones attach, the last one to close stops it. The
 * server is no child of a node: it survives the {@code kill -9} of any of them, and whichever is
 * left restarts it with {@link #ensureRunning()} when the server itself was killed. It listens on
 * loopback only, wants a SCRAM password from everybody, and is refused when it is not durable.
 *
 * <p>Every method blocks, for minutes in the worst case (crash recovery); call them on a worker
 * thread. All are thread-safe. Failures are {@link PostgresException}s.
 *
 * <p>Below {@code <data-dir>/postgres}: {@code bin-<version>-<fingerprint>} (programs), {@code
 * data}, {@code credentials} (mode 0600), {@code port}, {@code control.lock}, {@code attached}. See
 * docs/adr/0006.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final Duration CONTROL_PATIENCE = Duration.ofMinutes(2);
  private static final Duration READY_LIMIT = Duration.ofMinutes(1);
  // pg_ctl hands its arguments to a shell, in double quotes.
  private static final Pattern SAFE_PATH = Pattern.compile("[^\"'\\\\$`\\p{Cntrl}]+");

  private static final int LAUNCH_ATTEMPTS = 3;
  private static final long POLL_MILLIS = 20;

  private final Path home;
  private final SharedDirectory shared;
  private final ServerPort port;
  private final ServerAccess access;
  private final ServerProcesses processes;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile PostgresEndpoint endpoint;

  private EmbeddedPostgres(Path home, int fixedPort) {
    this.home = home;
    this.shared = SharedDirectory.at(home);
    this.port = new ServerPort(home.resolve("port"), fixedPort);
    this.access = new ServerAccess(home, HostIdentity.of(home));
    this.processes = processesIn(home);
    this.endpoint = shared.underControl(CONTROL_PATIENCE, this::attach);
  }

  /** What {@link #ensureRunning()} found. */
  public enum ServerState {
    /** The server answers. */
    RUNNING,
    /** It was dead; this call or another node's brought it back. */
    RESTARTED,
    /** Its process lives but does not answer, or this hold on it was closed; nothing was done. */
    UNRESPONSIVE
  }

  /** Starts the server of {@code dataDirectory}, or attaches to it; returns when it answers. */
  public static EmbeddedPostgres start(Path dataDirectory, PostgresConfig config) {
    return new EmbeddedPostgres(homeIn(dataDirectory), config.embeddedPort());
  }

  /**
   * Names the server that {@link #start} would use: equal for two processes if and only if they
   * share it. Stable while the host is up.
   */
  public static String hostIdentity(Path dataDirectory) {
    return HostIdentity.of(homeIn(dataDirectory));
  }

  /** Where the server is now; its port may change when it is restarted. */
  public PostgresEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Restarts the server if it died. Cheap while it runs: one loopback connection, no session.
   *
   * <p>Of several nodes that notice at once, one restarts it and the others find it running.
   */
  public ServerState ensureRunning() {
    if (closed.get()) {
      throw new IllegalStateException("closed (expected: ensureRunning before close)");
    }
    int known = endpoint.port();
    if (processes.port().filter(current -> current == known).isPresent() && port.answers(known)) {
      return ServerState.RUNNING;
    }
    return shared.underControl(CONTROL_PATIENCE, this::restart);
  }

  /** Creates a database that the node's role owns, unless it exists, and says how to reach it. */
  public PostgresEndpoint createDatabase(String name) {
    return shared.underControl(
        CONTROL_PATIENCE,
        () -> {
          try (Connection superuser = access.superuser(access.credentials(true), endpoint.port())) {
            Bootstrap.database(superuser, name);
            return endpoint.withDatabase(name);
          } catch (SQLException | IOException e) {
            throw new PostgresException(
                "cannot create database " + name + ": " + e.getMessage(), e);
          }
        });
  }

  /**
   * Lets go of the server, and stops it when no other process uses it. Repeated calls do nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      shared.underControl(CONTROL_PATIENCE, this::detach);
    }
  }

  private PostgresEndpoint attach() {
    try {
      String domain = HostIdentity.domain();
      for (String other : shared.others()) {
        if (!other.equals(domain)) {
          throw new PostgresException(
              home
                  + ": in use by a node on another host or in another container (expected: one host"
                  + " per data directory; set postgres.uri)");
        }
      }
      FileTrees.deletePartial(home);
      shared.attach(domain);
      try {
        return bringUp();
      } catch (IOException | RuntimeException e) {
        detachAfter(e);
        throw e;
      }
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL in " + home + ": " + e, e);
    }
  }

  private void detachAfter(Exception failure) {
    try {
      detach();
    } catch (PostgresException e) {
      failure.addSuppressed(e);
    }
  }

  private Void detach() {
    try {
      if (!shared.detach() && shared.others().isEmpty()) {
        server().stop();
        log.info("PostgreSQL stopped: the last node left");
      }
      return null;
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL in " + home + ": " + e, e);
    }
  }

  private ServerState restart() {
    try {
      if (closed.get()) {
        // Closed while waiting for control: starting a server now would leave it without an owner.
        return ServerState.UNRESPONSIVE;
      }
      if (processes.alive()) {
        Optional<Integer> current = processes.port().filter(port::answers);
        if (current.isEmpty()) {
          return ServerState.UNRESPONSIVE;
        }
        if (current.get() == endpoint.port()) {
          return ServerState.RUNNING;
        }
      }
      endpoint = bringUp();
      log.warn("PostgreSQL was down and is back on port {}", endpoint.port());
      return ServerState.RESTARTED;
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL in " + home + ": " + e, e);
    }
  }

  /** Makes, starts or finds the server until it answers as the node's role and is durable. */
  private PostgresEndpoint bringUp() throws IOException {
    ServerProcess server = server();
    Credentials credentials = access.credentials(server.initialized());
    if (!server.initialized()) {
      server.initialize(credentials.superuser());
    }
    server.checkRelease();
    Pause pause = Pause.every(POLL_MILLIS, READY_LIMIT);
    while (true) {
      if (!processes.alive()) {
        launch(server);
      }
      // Asked of the process, not the file: a node killed while it started the server may have
      // left one behind on a port of its own choice.
      Optional<Integer> current = processes.port();
      try {
        if (current.isPresent()) {
          access.verify(credentials, current.get());
          return access.endpoint(credentials, current.get());
        }
      } catch (SQLException e) {
        if (!passing(e)) {
          throw new PostgresException("PostgreSQL in " + home + ": " + e.getMessage(), e);
        }
      }
      if (pause.over()) {
        throw new PostgresException(
            "PostgreSQL in " + home + " does not answer (expected: within " + READY_LIMIT + ")");
      }
      pause.once();
    }
  }

  private void launch(ServerProcess server) throws IOException {
    if (shared.others().isEmpty()) {
      server.deleteOtherReleases();
    }
    for (int attempt = 1; ; attempt++) {
      int chosen = port.choose();
      try {
        server.launch(chosen);
        return;
      } catch (PostgresException e) {
        // The port may have been taken between the choice and the start; then take another one.
        if (attempt == LAUNCH_ATTEMPTS || ServerPort.isFree(chosen)) {
          throw e;
        }
      }
    }
  }

  /** Whether waiting helps: no connection (class 08), or a server that starts or stops (57P). */
  private static boolean passing(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  private ServerProcess server() {
    return new ServerProcess(home, ServerBinaries.unpackedIn(home), processes);
  }

  private static ServerProcesses processesIn(Path home) {
    try {
      return new ServerProcesses(home);
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL in " + home + ": " + e, e);
    }
  }

  private static Path homeIn(Path dataDirectory) {
    if (!SAFE_PATH.matcher(dataDirectory.toAbsolutePath().toString()).matches()) {
      throw new PostgresException(
          "data-dir: "
              + dataDirectory
              + " (expected: no quote, backslash, dollar, back-quote or control character)");
    }
    try {
      Path home = dataDirectory.resolve("postgres");
      if (!Files.isDirectory(home)) {
        Files.createDirectories(home);
        // The server, perhaps another user, passes through; it need not list.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
      }
      return home.toRealPath();
    } catch (IOException e) {
      throw new PostgresException("data-dir: " + dataDirectory + ": " + e, e);
    }
  }
}
