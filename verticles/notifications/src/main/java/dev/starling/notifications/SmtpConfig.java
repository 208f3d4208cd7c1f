package dev.starling.notifications;

import static dev.starling.sdk.Bounds.within;

import dev.starling.sdk.Secret;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code notifications.smtp}: the mail server that takes what is sent.
 *
 * <p>Immutable. A value that cannot be used gives an {@link IllegalArgumentException} that names
 * the key and what was expected.
 *
 * @param host of the server; empty sends no e-mail
 * @param tls how the connection is encrypted; it never falls back to clear text
 * @param username empty signs in as nobody
 * @param from the sender's address
 * @param ca further authorities of the server's certificate, PEM; empty for those of the JVM alone
 * @param timeout of one mail, from the connection to the server's word
 * @param maxInFlight mails that an instance sends at once
 */
public record SmtpConfig(
    String host,
    int port,
    Encryption tls,
    String username,
    Secret password,
    String from,
    String ca,
    Duration timeout,
    int maxInFlight) {

  private static final Pattern ADDRESS =
      Pattern.compile("[\\x21-\\x7e&&[^@,;<>()\"\\\\]]+@[a-zA-Z0-9.-]+");
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.\\d+\\.\\d+\\.\\d+|::1");

  /** How a connection is encrypted. */
  public enum Encryption {
    /** In clear text at first; without an offer to encrypt nothing is sent. */
    STARTTLS,
    /** From the first byte. */
    TLS,
    /** Not at all; for a server on this machine. */
    NONE
  }

  public SmtpConfig(
      @Nullable String host,
      int port,
      @Nullable Encryption tls,
      @Nullable String username,
      @Nullable Secret password,
      @Nullable String from,
      @Nullable String ca,
      Duration timeout,
      int maxInFlight) {
    this.host = host == null ? "" : host.strip();
    this.port = within("port", port, 1, 65_535);
    this.tls = tls == null ? Encryption.STARTTLS : tls;
    this.username = username == null ? "" : username;
    this.password = password == null ? Secret.NONE : password;
    this.from = from == null ? "" : from.strip();
    this.ca = ca == null ? "" : ca.strip();
    this.timeout = within("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    this.maxInFlight = within("max-in-flight", maxInFlight, 1, 1_000);
    if (configured()) {
      check();
    }
  }

  private void check() {
    if (!isAddress(from)) {
      throw new IllegalArgumentException(
          "from: " + from + " (expected: an address such as orders@example.org)");
    }
    if (tls == Encryption.NONE && !LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      throw new IllegalArgumentException(
          "tls: none for "
              + host
              + " (expected: starttls or tls, unless the server is on loopback)");
    }
    if (username.isEmpty() == password.isPresent()) {
      throw new IllegalArgumentException(
          "password: "
              + (password.isPresent() ? "without" : "missing for")
              + " a username (expected: both or neither)");
    }
  }

  public static SmtpConfig defaults() {
    return new SmtpConfig(
        "", 587, Encryption.STARTTLS, "", Secret.NONE, "", "", Duration.ofSeconds(5), 8);
  }

  boolean configured() {
    return !host.isEmpty();
  }

  /** What follows the @ of the sender's address. */
  String domain() {
    return from.substring(from.indexOf('@') + 1);
  }

  /** Whether a text is one plain address, and nothing that a mail server might read as more. */
  static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }
}
