package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
  private final ClientAddress clients =
      new ClientAddress(List.of("10.0.0.0/8", "192.0.2.128/25", "fd00::/8", "203.0.113.9"));

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true",
    "10.255.255.255, true",
    "11.0.0.0, false",
    "192.0.2.127, false",
    "192.0.2.128, true",
    "203.0.113.9, true",
    "203.0.113.8, false",
    "fd12:3456::1, true",
    "fe80::1, false",
    "::ffff:10.1.2.3, true",
    "::ffff:11.1.2.3, false",
    "nonsense, false",
    "'', false"
  })
  void isTrusted_isDecidedByTheNetwork(String address, boolean trusted) {
    assertThat(clients.isTrusted(address)).isEqualTo(trusted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.7 | 198.51.100.7",
        "6.6.6.6, 198.51.100.7 | 198.51.100.7",
        "6.6.6.6, 198.51.100.7, 10.0.0.2 | 198.51.100.7",
        "6.6.6.6,198.51.100.7,10.0.0.2,10.0.0.3 | 198.51.100.7",
        "10.0.0.5, 10.0.0.2 | 10.0.0.5",
        "198.51.100.7:4711 | 198.51.100.7",
        "2001:db8::7 | 2001:db8::7",
        "[2001:db8::7]:4711 | 2001:db8::7",
        "unknown | 10.0.0.1",
        "6.6.6.6, unknown | 10.0.0.1",
        "6.6.6.6, unknown, 10.0.0.2 | 10.0.0.2",
        "6.6.6.6, , 10.0.0.2 | 10.0.0.2",
        ", | 10.0.0.1"
      })
  void behind_forwardedFor_isTheLastThatIsNotTrusted(String header, String client) {
    assertThat(clients.behind("10.0.0.1", null, header)).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=198.51.100.7 | 198.51.100.7",
        "for=6.6.6.6, For=198.51.100.7;proto=https;by=10.0.0.2 | 198.51.100.7",
        "proto=https; for=198.51.100.7 | 198.51.100.7",
        "for=\"198.51.100.7:80\" | 198.51.100.7",
        "for=\"[2001:db8::7]:80\" | 2001:db8::7",
        "for=198.51.100.7, for=10.0.0.2 | 198.51.100.7",
        "for=_hidden | 10.0.0.1",
        "proto=https | 10.0.0.1",
        "for= | 10.0.0.1",
        "for=\"[::1 | 10.0.0.1"
      })
  void behind_forwarded_isTheLastThatIsNotTrusted(String header, String client) {
    assertThat(clients.behind("10.0.0.1", header, "6.6.6.6")).isEqualTo(client);
  }

  @Test
  void behind_noHeader_isThePeer() {
    assertThat(clients.behind("10.0.0.1", null, null)).isEqualTo("10.0.0.1");
    assertThat(clients.behind("10.0.0.1", null, "")).isEqualTo("10.0.0.1");
  }

  @Test
  void isTrusted_nothingConfigured_isNobody() {
    assertThat(new ClientAddress(List.of()).isTrusted("127.0.0.1")).isFalse();
  }
}
