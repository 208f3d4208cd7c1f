package dev.starling.cluster.tls;

import dev.starling.cluster.config.ClusterTlsConfig;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates of an authority made for one test. */
public final class TestCertificates {
  private final Path directory;

  private TestCertificates(Path directory) {
    this.directory = directory;
  }

  /** An authority in {@code directory}, with a certificate for each node, valid for a year. */
  public static TestCertificates in(Path directory, String... nodes) {
    TestCertificates certificates = new TestCertificates(directory);
    for (String node : nodes) {
      certificates.issue(node, Instant.now(), Duration.ofDays(365));
    }
    return certificates;
  }

  /** A certificate that is valid from {@code from} on. */
  public TestCertificates issue(String node, Instant from, Duration life) {
    CertificateAuthority.in(directory, from).issue(node, life);
    return this;
  }

  /**
   * How a stranger speaks TLS who believes everybody.
   *
   * @param nodes whose certificate it shows; nobody's when empty
   */
  public SSLContext stranger(String... nodes) {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      for (String node : nodes) {
        own.setKeyEntry(
            node,
            PemFile.read("key", key(node)).privateKey(),
            new char[0],
            PemFile.read("cert", cert(node)).certificates().toArray(X509Certificate[]::new));
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance(NodeCredentials.PROTOCOL);
      context.init(keys.getKeyManagers(), new TrustManager[] {new Gullible()}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Gullible extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  public ClusterTlsConfig config(String node) {
    return new ClusterTlsConfig(true, cert(node), key(node), ca());
  }

  public NodeCredentials credentials(String node) {
    return NodeCredentials.load(config(node), Instant.now());
  }

  public String cert(String node) {
    return directory.resolve(node + ".crt").toString();
  }

  public String key(String node) {
    return directory.resolve(node + ".key").toString();
  }

  public String ca() {
    return directory.resolve("ca.crt").toString();
  }
}
