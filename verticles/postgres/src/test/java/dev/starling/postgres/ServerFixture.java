package dev.starling.postgres;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One embedded server for all tests of a class; each test takes a database of its own. */
public final class ServerFixture implements BeforeAllCallback, AfterAllCallback {
  private Path directory;
  private EmbeddedPostgres server;
  private int databases;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    directory = Files.createTempDirectory("starling-server-");
    server = TestServers.start(TestServers.prepared(directory));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    server.close();
    FileTrees.delete(directory);
  }

  public Path directory() {
    return directory;
  }

  public PostgresEndpoint freshDatabase() {
    return server.createDatabase("test_" + ++databases);
  }

  /** The URI of an endpoint, with its password. */
  public static String uri(PostgresEndpoint endpoint) {
    return "postgresql://"
        + endpoint.user()
        + ":"
        + endpoint.password()
        + "@"
        + endpoint.host()
        + ":"
        + endpoint.port()
        + "/"
        + endpoint.database();
  }
}
