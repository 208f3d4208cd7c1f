package dev.starling.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses are somebody else's public ones.
 *
 * <p>Immutable. Source: the special-purpose address registries of IANA (RFC 6890). Of IPv6 only
 * global unicast is public at all; what carries an IPv4 address inside (mapped, NAT64, 6to4,
 * Teredo) is refused whatever it carries.
 */
final class AddressRanges {
  private static final List<Range> PRIVATE =
      List.of(
          range("0.0.0.0/8", "this network"),
          range("10.0.0.0/8", "private"),
          range("100.64.0.0/10", "shared by carriers"),
          range("127.0.0.0/8", "loopback"),
          range("169.254.0.0/16", "link-local"),
          range("172.16.0.0/12", "private"),
          range("192.0.0.0/24", "protocol assignments"),
          range("192.0.2.0/24", "documentation"),
          range("192.88.99.0/24", "6to4 relays"),
          range("192.168.0.0/16", "private"),
          range("198.18.0.0/15", "benchmarks"),
          range("198.51.100.0/24", "documentation"),
          range("203.0.113.0/24", "documentation"),
          range("224.0.0.0/4", "multicast"),
          range("240.0.0.0/4", "reserved"),
          range("::/128", "unspecified"),
          range("::1/128", "loopback"),
          range("64:ff9b::/96", "NAT64"),
          range("64:ff9b:1::/48", "NAT64"),
          range("fc00::/7", "unique local"),
          range("fe80::/10", "link-local"),
          range("ff00::/8", "multicast"),
          range("2001::/23", "protocol assignments"),
          range("2001:db8::/32", "documentation"),
          range("2002::/16", "6to4"),
          range("3fff::/20", "documentation"));

  private static final Range GLOBAL_UNICAST = range("2000::/3", "");

  private AddressRanges() {}

  private record Range(byte[] network, int bits, String name) {
    boolean contains(byte[] address) {
      if (address.length != network.length) {
        return false;
      }
      int whole = bits / Byte.SIZE;
      int rest = bits % Byte.SIZE;
      int mask = 0xff << (Byte.SIZE - rest);
      return Arrays.equals(network, 0, whole, address, 0, whole)
          && (rest == 0 || ((network[whole] ^ address[whole]) & mask) == 0);
    }
  }

  /** What an address is that is not public; null when it is. */
  static @Nullable String notPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Range range : PRIVATE) {
      if (range.contains(bytes)) {
        return range.name;
      }
    }
    return address instanceof Inet4Address || GLOBAL_UNICAST.contains(bytes)
        ? null
        : "not global unicast";
  }

  private static Range range(String text, String name) {
    int slash = text.indexOf('/');
    return new Range(
        literal(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)), name);
  }

  private static byte[] literal(String text) {
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("address: " + text + " (expected: a literal)", e);
    }
  }
}
