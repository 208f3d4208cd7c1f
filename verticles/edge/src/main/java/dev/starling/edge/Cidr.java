package dev.starling.edge;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * A network of IP addresses, e.g. {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address stands for
 * itself. Immutable. Nothing here asks the DNS.
 */
final class Cidr {
  private final byte[] network;
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address != null) {
      int bits = slash < 0 ? address.length * 8 : number(text.substring(slash + 1));
      if (bits >= 0 && bits <= address.length * 8) {
        return new Cidr(address, bits);
      }
    }
    throw new IllegalArgumentException(
        "trusted-proxies: " + text + " (expected: a network such as 10.0.0.0/8 or fd00::/8)");
  }

  /**
   * The bytes of an IP address, four for an IPv4 address mapped into IPv6; null when it is none.
   */
  static byte @Nullable [] address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null || bytes.length != 16) {
      return bytes;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return bytes;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1
        ? new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]}
        : bytes;
  }

  boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != network[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
