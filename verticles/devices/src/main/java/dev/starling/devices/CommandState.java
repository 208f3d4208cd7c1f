package dev.starling.devices;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How far a command is. */
enum CommandState {
  /** Nobody has fetched it yet. */
  @JsonProperty("pending")
  PENDING,
  /** It was handed to its device, which has said nothing of it yet. */
  @JsonProperty("delivered")
  DELIVERED,
  /** Its device says that it is done, or that it could not be. */
  @JsonProperty("acknowledged")
  ACKNOWLEDGED,
  /** Its time passed before that. */
  @JsonProperty("expired")
  EXPIRED,
  /** A correction took it back before that. */
  @JsonProperty("superseded")
  SUPERSEDED,
  /** Its device cannot or must not do it. */
  @JsonProperty("rejected")
  REJECTED;

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static CommandState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Whether its device may still be given it. */
  boolean isOpen() {
    return this == PENDING || this == DELIVERED;
  }
}
