package dev.starling.sdk;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A configured value that must not be shown: it prints and serialises as {@code ****}.
 *
 * @param value empty when it is not configured
 */
public record Secret(String value) {
  public static final Secret NONE = new Secret("");
  static final String MASK = "****";

  @JsonCreator
  public Secret {}

  public boolean isPresent() {
    return !value.isEmpty();
  }

  @Override
  @JsonValue
  public String toString() {
    return isPresent() ? MASK : "";
  }
}
