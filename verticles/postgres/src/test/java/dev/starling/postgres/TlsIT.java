package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.data;
import static dev.starling.postgres.TestServers.prepared;
import static dev.starling.postgres.TestServers.query;
import static dev.starling.postgres.TestServers.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.pgclient.PgConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with a certificate for {@code localhost}, reached through JDBC and through Vert.x. */
@Timeout(60)
class TlsIT {
  private static final String ENCRYPTED =
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @TempDir static Path directory;

  private static Vertx vertx;
  private static SelfSignedCertificate certificate;
  private static EmbeddedPostgres server;

  @BeforeAll
  static void startWithCertificate() throws Exception {
    vertx = Vertx.vertx();
    certificate = SelfSignedCertificate.create("localhost");
    Path data = data(prepared(directory));
    int owner = FileTrees.ownerOf(data);
    for (String kind : new String[] {"crt", "key"}) {
      Path source =
          Path.of(
              kind.equals("crt") ? certificate.certificatePath() : certificate.privateKeyPath());
      Path file = Files.copy(source, data.resolve("server." + kind));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      FileTrees.changeOwner(file, owner, owner);
    }
    Files.writeString(data.resolve("postgresql.auto.conf"), "ssl = on\n");
    server = start(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    await(vertx.close());
    certificate.delete();
    TestServers.remove(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-ca", "verify-full"})
  void trustedServer_isReachedEncrypted(String sslmode) throws Exception {
    PostgresEndpoint endpoint =
        endpoint(
            "localhost", "sslmode=" + sslmode + "&sslrootcert=" + certificate.certificatePath());
    assertThat(query(endpoint, ENCRYPTED)).isEqualTo("t");
    assertThat(encrypted(endpoint)).isTrue();
  }

  @Test
  void disable_isPlainText() throws Exception {
    PostgresEndpoint endpoint = endpoint("localhost", "sslmode=disable");
    assertThat(query(endpoint, ENCRYPTED)).isEqualTo("f");
    assertThat(encrypted(endpoint)).isFalse();
  }

  @Test
  void verifyFull_anotherHostName_isRefused() {
    PostgresEndpoint endpoint =
        endpoint("127.0.0.1", "sslmode=verify-full&sslrootcert=" + certificate.certificatePath());
    assertThatThrownBy(() -> query(endpoint, ENCRYPTED)).hasMessageContaining("127.0.0.1");
    assertThatThrownBy(() -> encrypted(endpoint)).hasMessageContaining("SSL handshake");
  }

  @Test
  void verifyCa_anotherHostName_isAccepted() throws Exception {
    PostgresEndpoint endpoint =
        endpoint("127.0.0.1", "sslmode=verify-ca&sslrootcert=" + certificate.certificatePath());
    assertThat(query(endpoint, ENCRYPTED)).isEqualTo("t");
    assertThat(encrypted(endpoint)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify-ca", "verify-full"})
  void unknownAuthority_isRefused(String sslmode) {
    PostgresEndpoint endpoint = endpoint("localhost", "sslmode=" + sslmode);
    assertThatThrownBy(() -> query(endpoint, ENCRYPTED)).hasMessageContaining("certification path");
    assertThatThrownBy(() -> encrypted(endpoint)).hasMessageContaining("SSL handshake");
  }

  private static boolean encrypted(PostgresEndpoint endpoint) throws Exception {
    PgConnection connection =
        await(
            PgConnection.connect(
                vertx, PoolSettings.connection(PostgresConfig.defaults(), endpoint)));
    try {
      return await(connection.query(ENCRYPTED).execute()).iterator().next().getBoolean(0);
    } finally {
      await(connection.close());
    }
  }

  private static PostgresEndpoint endpoint(String host, String parameters) {
    String uri = ServerFixture.uri(server.endpoint()).replace("127.0.0.1", host);
    return PostgresEndpoint.parse(uri + "?" + parameters);
  }
}
