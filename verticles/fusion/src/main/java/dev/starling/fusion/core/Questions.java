package dev.starling.fusion.core;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Short questions, in words that name the options apart. Pure. */
final class Questions {
  private Questions() {}

  /** Which picture is meant. */
  static String whichImage(
      List<Candidates.Scored> options, Map<String, Device> devices, ZoneId zone) {
    if (options.isEmpty()) {
      return "Which picture do you mean?";
    }
    if (options.size() == 1) {
      return "Do you mean " + name(options.get(0), devices, zone) + "?";
    }
    StringBuilder text = new StringBuilder("Which picture: ");
    for (int i = 0; i < options.size(); i++) {
      text.append(i == 0 ? "" : i == options.size() - 1 ? " or " : ", ");
      text.append(name(options.get(i), devices, zone));
    }
    return text.append("?").toString();
  }

  private static String name(
      Candidates.Scored option, Map<String, Device> devices, ZoneId zone) {
    ZonedDateTime time = Instant.ofEpochMilli(option.moment().captured()).atZone(zone);
    Content.Image image = option.image();
    String what =
        !image.labels().isEmpty()
            ? "the one with " + image.labels().get(0)
            : !image.caption().isEmpty() ? "\"" + image.caption() + "\"" : "the one";
    Device device = devices.get(option.moment().event().deviceId());
    String from =
        device == null || device.name().isEmpty()
            ? option.moment().event().deviceId()
            : device.name();
    return String.format(
        Locale.ROOT, "%s from %s at %d:%02d", what, from, time.getHour(), time.getMinute());
  }

  /** Which device is meant. */
  static String whichDevice(List<Device> options) {
    if (options.isEmpty()) {
      return "On which device?";
    }
    StringBuilder text = new StringBuilder("On which device: ");
    for (int i = 0; i < options.size(); i++) {
      Device device = options.get(i);
      text.append(i == 0 ? "" : i == options.size() - 1 ? " or " : ", ");
      text.append(device.name().isEmpty() ? device.id() : device.name());
      boolean told = device.location().isEmpty() || device.name().contains(device.location());
      text.append(told ? "" : " (" + device.location() + ")");
    }
    return text.append("?").toString();
  }

  /** Whether a command is meant at all. */
  static String whether(Intent intent) {
    return "Do you want me to "
        + switch (intent) {
          case SET_WALLPAPER -> "set a wallpaper";
          case SHOW_ON -> "show a picture";
          case SEND_TO -> "send a picture";
          case PRINT -> "print a picture";
          case DELETE -> "delete a picture";
          case FAVORITE -> "add a picture to the favorites";
          case SET_LIGHT_COLOR -> "set the light to the color of a picture";
          case DIM -> "dim the light";
          case PLAY -> "play something";
          case STOP -> "stop";
          case NONE -> "do something";
        }
        + "?";
  }

  static String recipient() {
    return "To whom shall I send it?";
  }

  static String level() {
    return "How bright, from 0 to 100?";
  }

  static String query() {
    return "What shall I play?";
  }
}
