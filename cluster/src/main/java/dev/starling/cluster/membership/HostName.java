package dev.starling.cluster.membership;

import java.util.regex.Pattern;

/** The form of host names and IP addresses that may be put into a stack file. */
final class HostName {
  /**
   * Letters, digits and what IPv4, IPv6 (with a scope) and service names need; no XML, no blanks.
   */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");

  private HostName() {}

  static void check(String setting, String host) {
    if (!FORM.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "%s: \"%s\" (expected: a host name or an IP address)".formatted(setting, host));
    }
  }
}
