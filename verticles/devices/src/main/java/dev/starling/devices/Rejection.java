package dev.starling.devices;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a command was rejected. */
enum Rejection {
  /** The user has no such device, or has it no more. */
  @JsonProperty("no-such-device")
  NO_SUCH_DEVICE,
  /** It is none of the device's capabilities. */
  @JsonProperty("not-capable")
  NOT_CAPABLE,
  /** It lacks its picture or its argument, or the argument has another form. */
  @JsonProperty("incomplete")
  INCOMPLETE,
  /** The device has too many commands that have not ended. */
  @JsonProperty("too-many-open")
  TOO_MANY_OPEN,
  /** It corrects one that is done, and doing both would be worse. */
  @JsonProperty("former-is-done")
  FORMER_IS_DONE,
  /** The device's web-hook can never be reached, or wants no more. */
  @JsonProperty("undeliverable")
  UNDELIVERABLE;

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Rejection of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
