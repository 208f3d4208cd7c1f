package dev.starling.cluster.sockets;

import java.io.EOFException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in an operator's words why a TLS handshake between nodes failed. */
public final class HandshakeFailure {
  private static final String PLAIN =
      "it does not speak TLS (expected: cluster.tls.enabled on every node or on none)";

  /** How the JDK says so, newer ones with something before it; the alert's name follows. */
  private static final String ALERT = "Received fatal alert:";

  private HandshakeFailure() {}

  /**
   * What was wrong with the other end, and what is expected, as one line.
   *
   * @param failure what TLS reported; its causes are looked at too
   */
  public static String reason(Throwable failure) {
    if (caused(failure, CertificateExpiredException.class)) {
      return "its certificate has expired (expected: a new one, see docs/operations.md)";
    }
    if (caused(failure, CertificateNotYetValidException.class)) {
      return "its certificate is not valid yet (expected: clocks that agree)";
    }
    if (caused(failure, CertPathBuilderException.class)) {
      return "its certificate is not signed by an authority in cluster.tls.ca";
    }
    String text = String.valueOf(failure.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("unsupported or unrecognized ssl message")
        || lower.contains("not an ssl/tls record")) {
      return PLAIN;
    }
    if (lower.contains("empty client certificate chain") || lower.contains("null cert chain")) {
      // Who has only one of another authority does not show it.
      return "it showed no certificate of an authority in cluster.tls.ca";
    }
    if (isRefusal(failure)) {
      return "it refuses this node's certificate or protocol ("
          + text.substring(text.indexOf(ALERT) + ALERT.length()).strip()
          + "; expected: certificates of one authority on every node)";
    }
    if (lower.contains("protocol")) {
      return "it offers no TLS 1.3";
    }
    if (lower.contains("path building failed") || lower.contains("path validation failed")) {
      return "its certificate is not signed by an authority in cluster.tls.ca";
    }
    if (isEnd(failure)) {
      return "it ended the connection during the handshake (expected: a node with cluster.tls)";
    }
    return failure instanceof SSLException ? "TLS: " + firstLine(text) : firstLine(text);
  }

  /** True when the other end said that it does not take this one. */
  static boolean isRefusal(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains(ALERT);
  }

  /** True when the other end just closed, as a port probe does. */
  static boolean isEnd(Throwable failure) {
    return caused(failure, EOFException.class)
        || String.valueOf(failure.getMessage()).contains("terminated the handshake");
  }

  private static boolean caused(Throwable failure, Class<? extends Throwable> kind) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (kind.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
