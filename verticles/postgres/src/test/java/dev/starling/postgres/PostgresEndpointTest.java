package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresEndpointTest {
  @Test
  void parse_everyPart_isRead() {
    PostgresEndpoint endpoint =
        PostgresEndpoint.parse(
            "postgresql://me:pa%3As%20s+%40@db.example:6543/ord%65rs"
                + "?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem");
    assertThat(endpoint.host()).isEqualTo("db.example");
    assertThat(endpoint.port()).isEqualTo(6543);
    assertThat(endpoint.database()).isEqualTo("orders");
    assertThat(endpoint.user()).isEqualTo("me");
    assertThat(endpoint.password()).isEqualTo("pa:s s+@");
    assertThat(endpoint.tls()).isEqualTo(Tls.VERIFY_CA);
    assertThat(endpoint.rootCertificate()).isEqualTo("/etc/ca.pem");
    assertThat(endpoint.identity()).isEqualTo("db.example:6543/orders");
  }

  @Test
  void parse_shortForm_takesTheUsualPort() {
    assertThat(PostgresEndpoint.parse("postgres://me:pw@db/orders").port()).isEqualTo(5432);
  }

  @Test
  void parse_ipv6_losesItsBrackets() {
    PostgresEndpoint endpoint = PostgresEndpoint.parse("postgresql://me:pw@[::1]:5433/orders");
    assertThat(endpoint.host()).isEqualTo("::1");
    assertThat(endpoint.port()).isEqualTo(5433);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]"})
  void tls_loopback_isOffUnlessAskedFor(String host) {
    String uri = "postgresql://me:pw@" + host + "/orders";
    assertThat(PostgresEndpoint.parse(uri).tls()).isEqualTo(Tls.DISABLE);
    assertThat(PostgresEndpoint.parse(uri + "?sslmode=require").tls()).isEqualTo(Tls.REQUIRE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"db.example", "10.0.0.7", "localhost.example"})
  void tls_otherHost_isVerifiedUnlessAskedOtherwise(String host) {
    String uri = "postgresql://me:pw@" + host + "/orders";
    assertThat(PostgresEndpoint.parse(uri).tls()).isEqualTo(Tls.VERIFY_FULL);
    assertThat(PostgresEndpoint.parse(uri + "?sslmode=disable").tls()).isEqualTo(Tls.DISABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://db/orders",
        "postgresql://s3cret@db/orders",
        "postgresql://:s3cret@db/orders",
        "postgresql://me:s3cret@/orders",
        "postgresql://me:s3cret@db",
        "postgresql://me:s3cret@db/",
        "postgresql://me:s3cret@db/a/b",
        "postgresql://me:s3cret@db:port/orders",
        "postgresql://me:s3cret@db /orders",
        "jdbc:postgresql://me:s3cret@db/orders",
        "db:5432",
      })
  void parse_malformed_isRefusedWithoutRepeatingThePassword(String uri) {
    assertThatThrownBy(() -> PostgresEndpoint.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri: ")
        .hasMessageContaining("(expected: postgresql://user:password@host:5432/database")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "99999999999"})
  void parse_portOutOfRange_isRefused(String port) {
    assertThatThrownBy(() -> PostgresEndpoint.parse("postgresql://me:pw@db:" + port + "/orders"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("pw");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefer", "allow", "on", ""})
  void parse_sslmodeThatMayBePlainText_isRefused(String sslmode) {
    assertThatThrownBy(
            () -> PostgresEndpoint.parse("postgresql://me:pw@db/orders?sslmode=" + sslmode))
        .hasMessage(
            "uri: sslmode=" + sslmode + " (expected: disable | require | verify-ca | verify-full)");
  }

  @Test
  void parse_unknownParameter_isRefusedByName() {
    assertThatThrownBy(() -> PostgresEndpoint.parse("postgresql://me:pw@db/orders?ssl=true"))
        .hasMessage("uri: parameter ssl (expected: sslmode | sslrootcert)");
  }

  @Test
  void toString_masksThePassword() {
    PostgresEndpoint endpoint = PostgresEndpoint.parse("postgresql://me:s3cret@db/orders");
    assertThat(endpoint).hasToString("postgresql://me:***@db:5432/orders?sslmode=verify-full");
  }
}
