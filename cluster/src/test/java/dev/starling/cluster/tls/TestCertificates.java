package dev.starling.cluster.tls;

import dev.starling.cluster.config.ClusterTlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

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
