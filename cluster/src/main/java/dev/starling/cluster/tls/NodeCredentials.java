package dev.starling.cluster.tls;

import dev.starling.cluster.config.ClusterTlsConfig;
import dev.starling.sdk.ConfigException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TCPSSLOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a node proves itself with, and whom it believes; checked, and in the forms that JGroups and
 * Vert.x take.
 *
 * <p>Immutable. Host names are not compared: nodes come and go by address, and an authority that
 * signs nodes and nothing else is what says who is one.
 */
public final class NodeCredentials {
  /** Every node is a JVM that has it, and it hides the certificates. */
  public static final String PROTOCOL = "TLSv1.3";

  private static final long HANDSHAKE_MILLIS = 1_000;

  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final List<X509Certificate> authorities;
  private final List<String> warnings;

  private NodeCredentials(
      List<X509Certificate> chain,
      PrivateKey key,
      List<X509Certificate> authorities,
      List<String> warnings) {
    this.chain = chain;
    this.key = key;
    this.authorities = authorities;
    this.warnings = warnings;
  }

  /**
   * Reads and checks the files.
   *
   * @param config one that is enabled
   * @param now the time at which the certificates must be valid
   * @throws ConfigException with one line: which setting, which file, what was expected
   */
  public static NodeCredentials load(ClusterTlsConfig config, Instant now) {
    String warning = PemFile.checkSecrecy("cluster.tls.key", config.key());
    PemFile certFile = PemFile.read("cluster.tls.cert", config.cert());
    PemFile keyFile = PemFile.read("cluster.tls.key", config.key());
    PemFile caFile = PemFile.read("cluster.tls.ca", config.ca());
    List<X509Certificate> chain = certFile.certificates();
    PrivateKey key = keyFile.privateKey();
    List<X509Certificate> authorities = caFile.certificates();
    CredentialChecks.keyBelongsTo(keyFile, key, chain.get(0), config.cert());
    CredentialChecks.isAuthority(caFile, authorities);
    CredentialChecks.isForNodes(certFile, chain.get(0));
    CredentialChecks.isValid(certFile, chain, now);
    CredentialChecks.isSignedBy(certFile, chain, authorities, config.ca(), now);
    return new NodeCredentials(
        chain, key, authorities, warning.isEmpty() ? List.of() : List.of(warning));
  }

  /** What the operator should hear, though the node can start. */
  public List<String> warnings() {
    return warnings;
  }

  /** When the first certificate of the chain expires. */
  public Instant expires() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Trusts the authorities and nobody else; for sockets without Vert.x. */
  public SSLContext sslContext() {
    try {
      char[] password = new char[0];
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("node", key, password, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, password);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("what was checked must be usable", e);
    }
  }

  /**
   * Turns TLS on in the options of a server or a client; asking for the other end's certificate is
   * the caller's part, since servers and clients differ in it.
   */
  public <O extends TCPSSLOptions> O applyTo(O options) {
    options
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .addCertValue(pem("CERTIFICATE", encoded(chain)))
                .addKeyValue(pem("PRIVATE KEY", List.of(key.getEncoded()))))
        .setTrustOptions(
            new PemTrustOptions().addCertValue(pem("CERTIFICATE", encoded(authorities))))
        .setEnabledSecureTransportProtocols(Set.of(PROTOCOL))
        .setSslHandshakeTimeout(HANDSHAKE_MILLIS)
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    return options;
  }

  private static List<byte[]> encoded(Collection<X509Certificate> certificates) {
    return certificates.stream().map(NodeCredentials::encoded).toList();
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  private static Buffer pem(String kind, List<byte[]> contents) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Buffer text = Buffer.buffer();
    for (byte[] content : contents) {
      text.appendString("-----BEGIN " + kind + "-----\n")
          .appendString(lines.encodeToString(content))
          .appendString("\n-----END " + kind + "-----\n");
    }
    return text;
  }
}
