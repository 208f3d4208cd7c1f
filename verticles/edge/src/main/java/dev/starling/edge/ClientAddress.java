package dev.starling.edge;

import dev.starling.policy.match.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whom a request is from. That is the peer, unless the peer is a trusted proxy: then it is
 * the last address in {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For} that no trusted proxy
 * has. What stands before it was written by somebody who is not trusted.
 *
 * <p>Immutable.
 */
final class ClientAddress {
  private final List<Cidr> trusted;

  ClientAddress(List<String> trustedProxies) {
    this.trusted = trustedProxies.stream().map(Cidr::parse).toList();
  }

  boolean isTrusted(String address) {
    byte[] bytes = trusted.isEmpty() ? null : Cidr.address(address);
    if (bytes != null) {
      for (Cidr network : trusted) {
        if (network.contains(bytes)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The client behind a trusted peer.
   *
   * @param forwarded the header of that name, which wins; null when there is none
   * @param forwardedFor the header {@code X-Forwarded-For}; null when there is none
   */
  String behind(String peer, @Nullable String forwarded, @Nullable String forwardedFor) {
    String list = forwarded != null ? forwarded : forwardedFor;
    if (list == null) {
      return peer;
    }
    String client = peer;
    int end = list.length();
    while (end >= 0) {
      int comma = list.lastIndexOf(',', end - 1);
      String element = list.substring(comma + 1, end);
      String address = bare(forwarded != null ? forParameter(element) : element.strip());
      if (Cidr.address(address) == null) {
        // Hidden or unreadable: the proxy that wrote it is the last one that is known.
        return client;
      }
      client = address;
      if (!isTrusted(address)) {
        return client;
      }
      end = comma;
    }
    return client;
  }

  /** The value of {@code for=} in one element of a {@code Forwarded} header; empty for none. */
  private static String forParameter(String element) {
    int start = 0;
    while (start <= element.length()) {
      int semicolon = element.indexOf(';', start);
      int end = semicolon < 0 ? element.length() : semicolon;
      String pair = element.substring(start, end).strip();
      if (pair.regionMatches(true, 0, "for=", 0, 4)) {
        String value = pair.substring(4);
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
      }
      start = end + 1;
    }
    return "";
  }

  /** The address without brackets and port. */
  private static String bare(String node) {
    if (node.startsWith("[")) {
      int bracket = node.indexOf(']');
      return bracket < 0 ? "" : node.substring(1, bracket);
    }
    int colon = node.indexOf(':');
    return colon >= 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
  }
}
