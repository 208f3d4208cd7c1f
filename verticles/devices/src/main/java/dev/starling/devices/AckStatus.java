package dev.starling.devices;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a device says of a command. */
enum AckStatus {
  @JsonProperty("done")
  DONE,
  @JsonProperty("failed")
  FAILED;

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AckStatus of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
