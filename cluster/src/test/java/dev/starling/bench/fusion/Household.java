package dev.starling.bench.fusion;

import dev.starling.load.User;
import java.util.List;

/** A user with a phone, a tablet and a light, which have the same ids at every user's. */
record Household(User user) {
  static final String PHONE = "phone-1";
  static final String TABLET = "tablet-1";
  static final String LIGHT = "light-1";
  static final List<String> DEVICES = List.of(PHONE, TABLET, LIGHT);

  /** How a device is registered. */
  static String registration(String device) {
    return switch (device) {
      case PHONE ->
          registration("My phone", "phone", "", "\"set_wallpaper\",\"favorite\",\"send_to\"");
      case TABLET -> registration("My tablet", "tablet", "", "\"set_wallpaper\",\"show_on\"");
      case LIGHT -> registration("The lamp", "light", "kitchen", "\"dim\",\"set_light_color\"");
      default -> throw new IllegalArgumentException(device + " (expected: one of " + DEVICES + ")");
    };
  }

  private static String registration(
      String name, String kind, String location, String capabilities) {
    return """
        {"name":"%s","kind":"%s","location":"%s","capabilities":[%s]}"""
        .formatted(name, kind, location, capabilities);
  }
}
