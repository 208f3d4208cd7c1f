package dev.starling.policy.match;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * A network of IP addresses, e.g. {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address stands for
 * itself. Immutable. Nothing here asks the DNS.
 */
public final class Cidr {
  private final byte[] network;
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  public static boolean isValid(String text) {
    return read(text) != null;
  }

  /**
   * @throws IllegalArgumentException for text that is no network
   */
  public static Cidr parse(String text) {
    Cidr read = read(text);
    if (read == null) {
      throw new IllegalArgumentException(
          text + " (expected: a network such as 10.0.0.0/8 or fd00::/8)");
    }
    return read;
  }

  /**
   * The bytes of an IP address, four for an IPv4 address mapped into IPv6; null when it is none.
   */
  public static byte @Nullable [] address(String text) {
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

  public boolean contains(byte[] address) {
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

  private static @Nullable Cidr read(String text) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int bits = slash < 0 ? address.length * 8 : number(text.substring(slash + 1));
    return bits >= 0 && bits <= address.length * 8 ? new Cidr(address, bits) : null;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
