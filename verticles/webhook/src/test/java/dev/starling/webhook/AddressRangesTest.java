package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, this network",
    "10.255.255.255, private",
    "100.64.0.1, shared by carriers",
    "100.127.255.255, shared by carriers",
    "127.0.0.1, loopback",
    "127.255.0.1, loopback",
    "169.254.169.254, link-local",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.0.0.8, protocol assignments",
    "192.168.1.1, private",
    "198.19.255.255, benchmarks",
    "203.0.113.7, documentation",
    "224.0.0.1, multicast",
    "239.255.255.255, multicast",
    "255.255.255.255, reserved",
    "::, unspecified",
    "::1, loopback",
    "::7f00:1, not global unicast",
    "64:ff9b::7f00:1, NAT64",
    "64:ff9b:1::a00:1, NAT64",
    "100::1, not global unicast",
    "2001::1, protocol assignments",
    "2001:db8::1, documentation",
    "2002:7f00:1::, 6to4",
    "fc00::1, unique local",
    "fdff::1, unique local",
    "fe80::1, link-local",
    "fec0::1, not global unicast",
    "ff02::1, multicast",
    // The JDK makes an IPv4 address of it, which is looked at as such.
    "::ffff:10.0.0.1, private"
  })
  void notPublic_addressThatIsNot_isNamed(String address, String kind) throws UnknownHostException {
    assertThat(AddressRanges.notPublic(InetAddress.getByName(address))).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2600::1",
        "2a00:1450:4001::1"
      })
  void notPublic_publicAddress_isNull(String address) throws UnknownHostException {
    assertThat(AddressRanges.notPublic(InetAddress.getByName(address))).isNull();
  }
}
