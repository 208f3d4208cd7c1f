package dev.starling.devices;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What kind of device it is. */
enum DeviceKind {
  @JsonProperty("phone")
  PHONE,
  @JsonProperty("tablet")
  TABLET,
  @JsonProperty("tv")
  TV,
  @JsonProperty("frame")
  FRAME,
  @JsonProperty("speaker")
  SPEAKER,
  @JsonProperty("light")
  LIGHT,
  @JsonProperty("printer")
  PRINTER;

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DeviceKind of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
