package dev.starling.cluster.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.cluster.config.ClusterTlsConfig;
import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeCredentialsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir private Path directory;
  private TestCertificates good;

  @BeforeEach
  void makeCertificates() {
    good = TestCertificates.in(directory).issue("a", NOW, Duration.ofDays(30));
  }

  @Test
  void certificateOfThePrivateAuthority_loaded_isFitForUse() {
    NodeCredentials credentials = NodeCredentials.load(good.config("a"), NOW);

    assertThat(credentials.expires()).isEqualTo(NOW.plus(Duration.ofDays(30)));
    assertThat(credentials.warnings()).isEmpty();
    assertThat(credentials.sslContext().getProtocol()).isEqualTo("TLSv1.3");
  }

  @Test
  void expiredCertificate_loaded_saysSinceWhen() {
    assertThatThrownBy(() -> NodeCredentials.load(good.config("a"), NOW.plus(Duration.ofDays(33))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cluster.tls.cert: %s expired at 2026-03-31T00:00:00Z, 3 days ago"
                    .formatted(good.cert("a"))
                + " (expected: a new one, e.g. of scripts/certs)");
  }

  @Test
  void certificateOfTomorrow_loaded_saysFromWhenOn() {
    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), good.key("a"), good.ca()),
        NOW.minus(Duration.ofDays(1)),
        "is not valid before 2026-02-28T23:00:00Z");
  }

  @Test
  void keyOfAnotherCertificate_loaded_isRefused() {
    good.issue("b", NOW, Duration.ofDays(30));

    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), good.key("b"), good.ca()),
        NOW,
        "cluster.tls.key: "
            + good.key("b")
            + " does not belong to the certificate (expected: the key of "
            + good.cert("a"));
  }

  @Test
  void certificateOfAnotherAuthority_loaded_isRefused() throws IOException {
    TestCertificates other =
        TestCertificates.in(Files.createDirectory(directory.resolve("other")))
            .issue("a", NOW, Duration.ofDays(30));

    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), good.key("a"), other.ca()),
        NOW,
        "(CN=a) is not signed by cluster.tls.ca");
  }

  @Test
  void twoAuthorities_inOneFile_areBothTrusted() throws IOException {
    TestCertificates other =
        TestCertificates.in(Files.createDirectory(directory.resolve("other")))
            .issue("b", NOW, Duration.ofDays(30));
    Path both =
        Files.writeString(
            directory.resolve("both.crt"),
            Files.readString(Path.of(other.ca())) + Files.readString(Path.of(good.ca())));

    for (ClusterTlsConfig config :
        new ClusterTlsConfig[] {
          new ClusterTlsConfig(true, good.cert("a"), good.key("a"), both.toString()),
          new ClusterTlsConfig(true, other.cert("b"), other.key("b"), both.toString())
        }) {
      assertThat(NodeCredentials.load(config, NOW).expires()).isAfter(NOW);
    }
  }

  @Test
  void nodeCertificate_givenAsAuthority_isRefused() {
    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), good.key("a"), good.cert("a")),
        NOW,
        "has CN=a, which is no authority");
  }

  @Test
  void certificateOfTheAuthority_givenAsANodes_isRefused() {
    assertRefused(
        new ClusterTlsConfig(true, good.ca(), directory.resolve("ca.key").toString(), good.ca()),
        NOW,
        "is an authority's (expected: a certificate of the node's own");
  }

  @Test
  void key_readableByAll_isRefusedAndByItsGroupWarnedAbout() throws IOException {
    Path key = Path.of(good.key("a"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused(good.config("a"), NOW, "can be read by everybody on this machine");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(NodeCredentials.load(good.config("a"), NOW).warnings())
        .containsExactly(
            "cluster.tls.key: "
                + key
                + " can be read by its group (expected: chmod 600, if it can be)");
  }

  @Test
  void files_missingOrOfAnotherKind_areRefusedByName() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing\n");
    Path damaged =
        Files.writeString(
            directory.resolve("damaged.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    String cert = good.cert("a");
    String key = good.key("a");

    assertRefused(
        new ClusterTlsConfig(true, "absent.crt", key, good.ca()),
        NOW,
        "cluster.tls.cert: absent.crt cannot be read (expected: a readable PEM file)");
    assertRefused(
        new ClusterTlsConfig(true, cert, "absent.key", good.ca()),
        NOW,
        "cluster.tls.key: absent.key cannot be read");
    assertRefused(
        new ClusterTlsConfig(true, empty.toString(), key, good.ca()), NOW, "has no certificate");
    assertRefused(
        new ClusterTlsConfig(true, cert, key, damaged.toString()),
        NOW,
        "cluster.tls.ca: " + damaged);
    assertRefused(new ClusterTlsConfig(true, key, key, good.ca()), NOW, "has no certificate");
  }

  @Test
  void encryptedKey_loaded_isRefusedWithWhatIsExpected() throws Exception {
    PrivateKey rsa = rsaKey();
    Path file =
        secret(
            new JcaPKCS8Generator(
                rsa,
                new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                    .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
                    .setPassword("secret".toCharArray())
                    .build()));

    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), file.toString(), good.ca()),
        NOW,
        "is encrypted (expected: an unencrypted key that only the node's user can read)");
  }

  @Test
  void keyInTheOldRsaForm_loaded_isReadAndComparedWithTheCertificate() throws Exception {
    Path file = secret(rsaKey());
    assertThat(Files.readString(file)).startsWith("-----BEGIN RSA PRIVATE KEY-----");

    assertRefused(
        new ClusterTlsConfig(true, good.cert("a"), file.toString(), good.ca()),
        NOW,
        "does not belong to the certificate");
  }

  @Test
  void issuedKey_onDisk_isReadableByItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(good.key("a")))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("ca.key"))))
        .isEqualTo("rw-------");
  }

  private static PrivateKey rsaKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair().getPrivate();
  }

  private Path secret(Object content) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(content);
    }
    Path file = Files.writeString(directory.resolve("secret.key"), text.toString());
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static void assertRefused(ClusterTlsConfig config, Instant now, String expected) {
    assertThatThrownBy(() -> NodeCredentials.load(config, now))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(expected)
        .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
  }
}
