package dev.starling.auth;

import dev.starling.sdk.Secret;

/**
 * The section {@code admin} of the configuration: the first administrator. Immutable.
 *
 * @param email whom to make an administrator; empty for {@value #DEFAULT_EMAIL}, and only when
 *     there is no administrator at all
 * @param password what that user then signs in with; empty for a random one that is logged once
 */
public record AdminConfig(String email, Secret password) {
  static final String SECTION = "admin";
  static final String DEFAULT_EMAIL = "admin@localhost";
  private static final int MIN_PASSWORD = 8;
  private static final int MAX_PASSWORD = 128;

  public AdminConfig {
    email = email.strip();
    if (!email.isEmpty() && email.indexOf('@') < 1) {
      throw new IllegalArgumentException("email: " + email + " (expected: an e-mail address)");
    }
    if (password.isPresent() && email.isEmpty()) {
      throw new IllegalArgumentException("password: set without email (expected: both)");
    }
    int length = password.value().length();
    if (password.isPresent() && (length < MIN_PASSWORD || length > MAX_PASSWORD)) {
      throw new IllegalArgumentException(
          "password: %d characters (expected: %d..%d)"
              .formatted(length, MIN_PASSWORD, MAX_PASSWORD));
    }
  }

  /** The default address and a random password. */
  public static AdminConfig defaults() {
    return new AdminConfig("", Secret.NONE);
  }
}
