package dev.starling.ratelimiter;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a policy counts calls by. */
public enum KeyPart {
  /** The user's id; an anonymous caller is counted by its address instead. */
  CONSUMER,
  /** The operation's id. */
  ROUTE,
  /** The caller's address; of an IPv6 address, the network that one subscriber gets. */
  IP;

  @JsonCreator
  static KeyPart parse(String text) {
    for (KeyPart part : values()) {
      if (part.toString().equals(text)) {
        return part;
      }
    }
    throw new IllegalArgumentException(text + " (expected: consumer, route or ip)");
  }

  /** The name in the configuration. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
