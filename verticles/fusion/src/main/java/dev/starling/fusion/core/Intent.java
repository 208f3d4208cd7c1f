package dev.starling.fusion.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a user may want. */
public enum Intent {
  SET_WALLPAPER,
  SHOW_ON,
  /** Argument {@code recipient}. */
  SEND_TO,
  PRINT,
  DELETE,
  FAVORITE,
  /** The light takes its colour from a picture; argument {@code color}, {@code #rrggbb}. */
  SET_LIGHT_COLOR,
  /** Argument {@code level}, 0..100. */
  DIM,
  /** Argument {@code query}. */
  PLAY,
  STOP,
  /** Nothing of these. */
  NONE;

  /** As clients see it, e.g. {@code set_wallpaper}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Null when there is none of that name. */
  public static @Nullable Intent of(String text) {
    for (Intent intent : values()) {
      if (intent.text().equals(text)) {
        return intent;
      }
    }
    return null;
  }
}
