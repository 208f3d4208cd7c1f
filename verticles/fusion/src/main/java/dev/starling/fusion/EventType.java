package dev.starling.fusion;

import org.jspecify.annotations.Nullable;

/** The events that there are, by the {@code type} of CloudEvents. */
enum EventType {
  SPEECH("speech"),
  TEXT("text"),
  IMAGE("image"),
  BEHAVIOUR("behaviour");

  static final String PREFIX = "dev.starling.fusion.";
  static final String EXPECTATION = PREFIX + "speech, .text, .image or .behaviour";

  private final String text;

  EventType(String last) {
    this.text = PREFIX + last;
  }

  /** Null when there is none of that name. */
  static @Nullable EventType of(String text) {
    for (EventType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    return null;
  }
}
