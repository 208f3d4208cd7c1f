package dev.starling.devices;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Something that a device can be told to do, and what it must be told with it. */
enum Capability {
  @JsonProperty("set_wallpaper")
  SET_WALLPAPER(true, true, null, ""),
  @JsonProperty("show_on")
  SHOW_ON(true, true, null, ""),
  @JsonProperty("send_to")
  SEND_TO(false, true, "recipient", "\\S(?s:.*)"),
  @JsonProperty("print")
  PRINT(false, true, null, ""),
  @JsonProperty("delete")
  DELETE(false, true, null, ""),
  @JsonProperty("favorite")
  FAVORITE(false, true, null, ""),
  @JsonProperty("set_light_color")
  SET_LIGHT_COLOR(true, true, "color", "#[0-9a-f]{6}"),
  @JsonProperty("dim")
  DIM(true, false, "level", "100|[1-9]?[0-9]"),
  @JsonProperty("play")
  PLAY(true, false, "query", "\\S(?s:.*)"),
  @JsonProperty("stop")
  STOP(false, false, null, "");

  private final boolean harmless;
  private final boolean aboutAnImage;
  private final @Nullable String argument;
  private final Pattern shape;

  Capability(boolean harmless, boolean aboutAnImage, @Nullable String argument, String shape) {
    this.harmless = harmless;
    this.aboutAnImage = aboutAnImage;
    this.argument = argument;
    this.shape = Pattern.compile(shape);
  }

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Null when there is none of that name. */
  static @Nullable Capability of(String text) {
    for (Capability capability : values()) {
      if (capability.text().equals(text)) {
        return capability;
      }
    }
    return null;
  }

  /**
   * Whether doing it after something else was done by mistake leaves the user where he wanted to
   * be: the last picture on a screen counts, but two letters were sent.
   */
  boolean isHarmless() {
    return harmless;
  }

  /** Whether a device can carry it out with what it is told. */
  boolean isCompleteWith(@Nullable String targetKind, Map<String, String> arguments) {
    if (aboutAnImage && !"image".equals(targetKind)) {
      return false;
    }
    return argument == null || shape.matcher(arguments.getOrDefault(argument, "")).matches();
  }
}
