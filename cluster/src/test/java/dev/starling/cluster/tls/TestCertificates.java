package dev.starling.cluster.tls;

import dev.starling.cluster.config.ClusterTlsConfig;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
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

  /** How a stranger speaks TLS who has nothing to show and believes everybody. */
  public SSLContext stranger() {
    return context(new KeyManager[0]);
  }

  /** How a stranger does who shows the certificate of {@code node}, whether it is wanted or not. */
  public SSLContext stranger(String node) {
    return context(
        new Insisting(
            PemFile.read("key", key(node)).privateKey(),
            PemFile.read("cert", cert(node)).certificates().toArray(X509Certificate[]::new)));
  }

  private static SSLContext context(KeyManager... keys) {
    try {
      SSLContext context = SSLContext.getInstance(NodeCredentials.PROTOCOL);
      context.init(keys, new TrustManager[] {new Gullible()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The JDK's own key manager keeps back what the server's authorities have not signed. */
  private static final class Insisting extends X509ExtendedKeyManager {
    private final PrivateKey key;
    private final X509Certificate[] chain;

    Insisting(PrivateKey key, X509Certificate[] chain) {
      this.key = key;
      this.chain = chain;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "own";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException("a stranger only calls");
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
