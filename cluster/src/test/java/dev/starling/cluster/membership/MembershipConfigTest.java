package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.starling.cluster.membership.Discovery.Seed;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MembershipConfigTest {
  @Test
  void defaults_areANodeOnThisMachine() {
    MembershipConfig config = MembershipConfig.defaults();

    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(7800);
    assertThat(config.portRange()).isEqualTo(15);
    assertThat(config.discovery()).isEqualTo(new Discovery.Static(List.of()));
    assertThat(config.stack()).isEmpty();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(c -> c.withCluster(""), "cluster: \"\" (expected: 1..64 of A-Z a-z 0-9 . _ -)"),
        mistake(c -> c.withZone("a b"), "zone: \"a b\" (expected: 1..64 of A-Z a-z 0-9 . _ -)"),
        mistake(c -> c.withHost("<x>"), "host: \"<x>\" (expected: a host name or an IP address)"),
        mistake(c -> c.withPorts(80, 0), "port: 80 (expected: 1024..65436)"),
        mistake(c -> c.withPorts(7800, 100), "port-range: 100 (expected: 0..99)"),
        mistake(c -> c.withPorts(7800, -1), "port-range: -1 (expected: 0..99)"),
        mistake(
            c -> c.withDiscovery(new Discovery.Dns("a b")),
            "dns-query: \"a b\" (expected: a host name or an IP address)"));
  }

  private static Arguments mistake(UnaryOperator<MembershipConfig> change, String message) {
    return Arguments.of(change, message);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void value_outOfRange_isRefusedByName(UnaryOperator<MembershipConfig> change, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> change.apply(MembershipConfig.defaults()))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"node-1:7800,node-1,7800", "10.0.0.1:1,10.0.0.1,1", "[::1]:65535,::1,65535"})
  void seed_wellFormed_isRead(String text, String host, int port) {
    assertThat(Seed.parse(text)).isEqualTo(new Seed(host, port));
  }

  @ParameterizedTest
  @CsvSource({"node-1", "node-1:", ":7800", "node-1:0", "node-1:65536", "::1:7800", "a b:1"})
  void seed_malformed_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Seed.parse(text))
        .withMessageStartingWith("seeds: ")
        .withMessageContaining("(expected: ");
  }
}
