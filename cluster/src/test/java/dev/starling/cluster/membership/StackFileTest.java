package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.starling.cluster.membership.Discovery.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.dns.DNS_PING;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackFileTest {
  private static final MembershipConfig CONFIG = MembershipConfig.defaults().withPorts(7900, 2);

  @Test
  void staticStack_withoutSeeds_looksIntoItsOwnRange() {
    assertThat(StackFile.load(CONFIG))
        .contains("initial_hosts=\"127.0.0.1[7900],127.0.0.1[7901],127.0.0.1[7902]\"")
        .contains("bind_addr=\"127.0.0.1\"")
        .contains("bind_port=\"7900\"")
        .contains("port_range=\"2\"");
  }

  @Test
  void staticStack_withSeeds_namesThemAndNoOthers() {
    var seeds = new Discovery.Static(List.of(new Seed("127.0.0.2", 1), new Seed("::1", 2)));

    assertThat(StackFile.load(CONFIG.withDiscovery(seeds)))
        .contains("initial_hosts=\"127.0.0.2[1],0:0:0:0:0:0:0:1[2]\"");
  }

  @Test
  void everyAttribute_ofTheStaticStack_isKnownToJGroups() throws Exception {
    try (JChannel channel = open(StackFile.load(CONFIG))) {
      TCP tcp = channel.getProtocolStack().findProtocol(TCP.class);
      FD_ALL3 detector = channel.getProtocolStack().findProtocol(FD_ALL3.class);

      assertThat(tcp.getBindAddress().getHostAddress()).isEqualTo("127.0.0.1");
      assertThat(tcp.useVirtualThreads()).isFalse();
      assertThat(tcp.getDiagnosticsHandler().isEnabled()).isFalse();
      assertThat(detector.getTimeout()).isEqualTo(1500);
      assertThat(detector.getInterval()).isEqualTo(300);
      assertThat(tcp.enableSuspectEvents()).isTrue();
    }
  }

  @Test
  void everyAttribute_ofTheKubernetesStack_isKnownToJGroups() throws Exception {
    MembershipConfig config = CONFIG.withDiscovery(new Discovery.Dns("starling.default.svc"));

    try (JChannel channel = open(StackFile.load(config))) {
      DNS_PING ping = channel.getProtocolStack().findProtocol(DNS_PING.class);
      assertThat(ping.dnsQuery()).isEqualTo("starling.default.svc");
      assertThat(ping.returnEntireCache()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jgroups-static.xml", "jgroups-kubernetes.xml"})
  void packagedStack_isTheOneInConf(String name) throws IOException {
    Path conf = Path.of("..", "conf", "cluster", name);
    try (InputStream packaged = StackFile.class.getResourceAsStream(name)) {
      assertThat(packaged).isNotNull();
      assertThat(new String(packaged.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(Files.readString(conf));
    }
  }

  @Test
  void ownStack_withAnUnknownPlaceholder_isRefusedByName(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("s.xml"), "<TCP bind_port=\"${starling.prot}\"/>");

    assertThatExceptionOfType(MembershipException.class)
        .isThrownBy(() -> StackFile.load(CONFIG.withStack(file)))
        .withMessageContaining("${starling.prot} (expected: one of [")
        .withMessageContaining("starling.port");
  }

  @Test
  void ownStack_missing_isRefusedByName(@TempDir Path folder) {
    assertThatExceptionOfType(MembershipException.class)
        .isThrownBy(() -> StackFile.load(CONFIG.withStack(folder.resolve("none.xml"))))
        .withMessageContaining("none.xml: cannot be read");
  }

  private static JChannel open(String xml) throws Exception {
    return new JChannel(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }
}
