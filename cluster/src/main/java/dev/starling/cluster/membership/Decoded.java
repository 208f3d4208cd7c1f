package dev.starling.cluster.membership;

/** The outcome of reading a message from bytes: a message, or why there is none. */
sealed interface Decoded {
  /** A well-formed message. */
  record Ok(MembershipMessage message) implements Decoded {}

  /** Bytes that are no message; {@code reason} shows the value found and the one expected. */
  record Malformed(String reason) implements Decoded {}
}
