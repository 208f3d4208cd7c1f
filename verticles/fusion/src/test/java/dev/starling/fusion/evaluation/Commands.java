package dev.starling.fusion.evaluation;

import static java.time.Duration.ofMinutes;

import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.Device.Kind;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Scenario.Expected;
import dev.starling.fusion.evaluation.Values.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a command into the words of a template. */
final class Commands {

  /** How it is known which device is to act. */
  enum Acting {
    /** There is one. */
    ONLY,
    /** There are several, and one is named. */
    NAMED,
    /** There are several, and one is in the room in which it is said. */
    ROOM,
    /** There are several, and nothing tells which. */
    UNCLEAR
  }

  /**
   * A command in words.
   *
   * @param picture that is meant; null when it is about none, or when nothing tells which
   * @param device that is to act; null when nothing tells which
   */
  record Command(
      String words,
      Intent intent,
      @Nullable Picture picture,
      @Nullable Device device,
      Map<String, String> arguments) {

    /** What it means, taken by itself. */
    Expected expected() {
      if (device == null || (picture == null && aboutPicture(intent))) {
        return Expected.asked(intent);
      }
      Target target = picture == null ? null : picture.target();
      return new Expected(Status.RESOLVED, intent, target, device.id(), arguments);
    }

    /** What it means once it is known which device is to act. */
    Command by(Device value) {
      return new Command(words, intent, picture, value, arguments);
    }
  }

  private Commands() {}

  static boolean aboutPicture(Intent intent) {
    return switch (intent) {
      case SET_WALLPAPER, SHOW_ON, SEND_TO, PRINT, DELETE, FAVORITE, SET_LIGHT_COLOR -> true;
      case DIM, PLAY, STOP, NONE -> false;
    };
  }

  /** For what is not about a picture. */
  static Command of(Stage stage, Template template, Acting acting) {
    return of(stage, template, Reference.unclear("", ""), acting);
  }

  static Command of(Stage stage, Template template, Reference reference, Acting acting) {
    Intent intent = template.intent();
    Slots slots = new Slots(stage.draw, template);
    slots.put("image", reference.words());
    Device device =
        switch (intent) {
          case SET_WALLPAPER -> screenOf(stage, slots, acting);
          case SHOW_ON ->
              standing(stage, slots, acting, stage.draw.of(List.of(Kind.TV, Kind.FRAME)));
          case PRINT -> standing(stage, slots, acting, Kind.PRINTER);
          case PLAY -> standing(stage, slots, acting, Kind.SPEAKER);
          case SET_LIGHT_COLOR, DIM -> standing(stage, slots, acting, Kind.LIGHT);
          default -> reference.picture() == null ? null : reference.picture().by();
        };
    slots.argument(stage, intent);
    Picture picture = reference.picture();
    if (intent == Intent.SET_LIGHT_COLOR && picture != null) {
      slots.arguments.put("color", picture.lightColor());
    }
    return new Command(slots.fill(), intent, picture, device, slots.arguments);
  }

  private static Device screenOf(Stage stage, Slots slots, Acting acting) {
    if (acting != Acting.NAMED) {
      slots.put("on", "");
      return stage.speaker();
    }
    Device device = stage.home.tablet();
    slots.put("on", " on " + stage.home.called(device));
    return device;
  }

  private static @Nullable Device standing(Stage stage, Slots slots, Acting acting, Kind kind) {
    Draw draw = stage.draw;
    Home home = stage.home;
    Device device = home.first(kind);
    if (acting == Acting.ONLY) {
      slots.device(home.called(device), "");
      return device;
    }
    Device second = home.add(kind, home.room());
    if (draw.chance(0.5)) {
      device = second;
    }
    if (acting == Acting.NAMED) {
      slots.named(home, device);
      return device;
    }
    slots.device(home.anyOf(kind), "");
    if (acting == Acting.UNCLEAR) {
      return null;
    }
    enter(stage, device);
    return device;
  }

  /** It is said to a speaker in the room of a device, or by who went there. */
  private static void enter(Stage stage, Device device) {
    Draw draw = stage.draw;
    Home home = stage.home;
    if (device.kind() == Kind.SPEAKER) {
      stage.speakTo(device);
    } else if (draw.chance(0.7)) {
      stage.speakTo(home.add(Kind.SPEAKER, device.location()));
    } else {
      enter(stage, home.room(), 50);
      enter(stage, device.location(), 3);
    }
  }

  private static void enter(Stage stage, String room, int minutesAgo) {
    stage.did(
        stage.home.phone(), stage.ago(ofMinutes(minutesAgo)), "entered_room", Map.of("room", room));
  }

  /** What fills a template. Confined to one thread. */
  private static final class Slots {
    private final Draw draw;
    private final Template template;
    private final Map<String, String> words = new HashMap<>();
    private final Map<String, String> arguments = new HashMap<>();

    Slots(Draw draw, Template template) {
      this.draw = draw;
      this.template = template;
    }

    void put(String slot, String value) {
      words.put(slot, value);
    }

    /**
     * @param name where a device has to be named
     * @param where where it may be left out
     */
    void device(String name, String where) {
      for (String slot : List.of("screen", "light", "speaker")) {
        put(slot, name);
      }
      put("on", where);
      put("where", where);
    }

    void named(Home home, Device device) {
      String name = home.called(device);
      boolean byRoom = device.kind() == Kind.SPEAKER && draw.chance(0.5);
      device(name, byRoom ? " in the " + device.location() : " on " + name);
    }

    void argument(Stage stage, Intent intent) {
      Level level = draw.of(stage.values.levels());
      String recipient = draw.of(stage.values.recipients());
      String query = draw.of(stage.values.queries());
      put("level", level.words());
      put("recipient", recipient);
      put("query", query);
      switch (intent) {
        case DIM -> arguments.put("level", level.percent());
        case SEND_TO -> arguments.put("recipient", recipient(recipient));
        case PLAY -> arguments.put("query", query.toLowerCase(Locale.ROOT));
        default -> {}
      }
    }

    String fill() {
      String text = template.text();
      for (Map.Entry<String, String> slot : words.entrySet()) {
        text = text.replace("{" + slot.getKey() + "}", slot.getValue());
      }
      if (text.contains("{")) {
        throw new IllegalStateException(template.id() + ": " + text + ": a slot is open");
      }
      return text;
    }
  }

  /** As commands have it: in lower case, without "my", "our" and "the". */
  static String recipient(String words) {
    return words.toLowerCase(Locale.ROOT).replaceFirst("^(?:my|our|the) ", "");
  }
}
