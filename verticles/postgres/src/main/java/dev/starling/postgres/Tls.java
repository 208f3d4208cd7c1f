package dev.starling.postgres;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How a connection to PostgreSQL is protected; the names are libpq's {@code sslmode} values.
 *
 * <p>{@code allow} and {@code prefer} are missing on purpose: they fall back to plain text without
 * telling anybody.
 */
public enum Tls {
  /** Plain text. */
  DISABLE("disable"),
  /** Encrypted; the server's certificate is not checked. */
  REQUIRE("require"),
  /** Encrypted; the certificate must come from a trusted authority. */
  VERIFY_CA("verify-ca"),
  /** Encrypted; the certificate must come from a trusted authority and name the host. */
  VERIFY_FULL("verify-full");

  private final String sslmode;

  Tls(String sslmode) {
    this.sslmode = sslmode;
  }

  /** The value of libpq's {@code sslmode} parameter. */
  public String sslmode() {
    return sslmode;
  }

  static Tls of(String sslmode) {
    for (Tls tls : values()) {
      if (tls.sslmode.equals(sslmode)) {
        return tls;
      }
    }
    throw new IllegalArgumentException(
        "uri: sslmode="
            + sslmode
            + " (expected: "
            + Arrays.stream(values()).map(Tls::sslmode).collect(Collectors.joining(" | "))
            + ")");
  }
}
