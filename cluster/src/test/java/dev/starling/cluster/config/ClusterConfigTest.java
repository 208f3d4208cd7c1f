package dev.starling.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.cluster.membership.Discovery;
import dev.starling.sdk.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a node may bind its cluster, and with what. */
final class ClusterConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void loopback_withoutCertificates_isAllowed(String host) {
    assertThat(load(Map.of("cluster.host", host)).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "node-1", "0.0.0.0", "127.example.com", "fe80::1"})
  void anotherHost_withoutCertificates_isRefusedWithBothWaysOut(String host) {
    assertThatThrownBy(() -> load(Map.of("cluster.host", host)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cluster.host: "
                + host
                + " would let anybody who reaches it into the cluster (expected:"
                + " cluster.tls.enabled with certificates, as scripts/certs makes them, or"
                + " cluster.allow-plaintext if the network keeps others out)");
  }

  @Test
  void advertisedBus_hostAndPort_isWhatOthersAreTold() {
    Discovery.Seed advertised =
        load(Map.of("cluster.advertised-bus", "node-1.example:7900")).advertised();

    assertThat(advertised).isEqualTo(new Discovery.Seed("node-1.example", 7900));
    assertThat(load(Map.of()).advertised()).isNull();
    assertThatThrownBy(() -> load(Map.of("cluster.advertised-bus", "node-1")))
        .hasMessage("cluster.advertised-bus: node-1 (expected: host:port)");
  }

  @Test
  void anotherHost_withPlaintextAllowed_isTaken() {
    assertThat(load(Map.of("cluster.host", "10.0.0.1", "cluster.allow-plaintext", "true")).host())
        .isEqualTo("10.0.0.1");
  }

  @Test
  void anotherHost_standalone_bindsNothingAndIsTaken() {
    assertThat(load(Map.of("cluster.host", "10.0.0.1", "cluster.standalone", "true")).host())
        .isEqualTo("10.0.0.1");
  }

  @Test
  void anotherHost_withCertificates_isTaken() {
    ClusterConfig config =
        load(
            Map.of(
                "cluster.host", "10.0.0.1",
                "cluster.tls.enabled", "true",
                "cluster.tls.cert", "a.crt",
                "cluster.tls.key", "a.key",
                "cluster.tls.ca", "ca.crt"));

    assertThat(config.tls()).isEqualTo(new ClusterTlsConfig(true, "a.crt", "a.key", "ca.crt"));
  }

  @Test
  void tls_withoutAFile_namesTheOneThatIsMissing() {
    assertThatThrownBy(
            () -> load(Map.of("cluster.tls.enabled", "true", "cluster.tls.cert", "a.crt")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cluster.tls.key: \"\" (expected: a PEM file with its private key;"
                + " scripts/certs makes one)");
  }

  private static ClusterConfig load(Map<String, String> flags) {
    return ConfigLoader.load(null, Map.of(), flags).node().cluster();
  }
}
