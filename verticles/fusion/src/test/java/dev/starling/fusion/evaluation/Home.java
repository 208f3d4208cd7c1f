package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.Device.Kind;
import dev.starling.fusion.core.Intent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The devices of a user and what the user calls them: at first one of each kind, so that each
 * command has one device that can do it, but for screens, which are told apart by their kind.
 * Confined to one thread.
 */
final class Home {
  private static final Set<Intent> GALLERY =
      Set.of(Intent.SET_WALLPAPER, Intent.SEND_TO, Intent.DELETE, Intent.FAVORITE);
  private static final Map<Kind, Set<Intent>> CAPABILITIES =
      Map.of(
          Kind.PHONE, GALLERY,
          Kind.TABLET, GALLERY,
          Kind.TV, Set.of(Intent.SHOW_ON, Intent.STOP),
          Kind.FRAME, Set.of(Intent.SHOW_ON, Intent.STOP),
          Kind.SPEAKER, Set.of(Intent.PLAY, Intent.STOP),
          Kind.LIGHT, Set.of(Intent.SET_LIGHT_COLOR, Intent.DIM),
          Kind.PRINTER, Set.of(Intent.PRINT));

  private final Draw draw;
  private final List<Device> devices = new ArrayList<>();
  private final List<String> rooms;
  private final Map<Kind, List<String>> names = new EnumMap<>(Kind.class);

  Home(Draw draw, Values values) {
    this.draw = draw;
    rooms = new ArrayList<>(draw.shuffled(values.rooms()));
    for (Kind kind : Kind.values()) {
      names.put(kind, new ArrayList<>(draw.shuffled(values.names(kind))));
    }
    add(Kind.PHONE, "");
    add(Kind.TABLET, "");
    for (Kind kind : List.of(Kind.TV, Kind.FRAME, Kind.SPEAKER, Kind.LIGHT, Kind.PRINTER)) {
      add(kind, room());
    }
  }

  List<Device> devices() {
    return devices;
  }

  Device first(Kind kind) {
    return devices.stream().filter(device -> device.kind() == kind).findFirst().orElseThrow();
  }

  Device phone() {
    return first(Kind.PHONE);
  }

  Device tablet() {
    return first(Kind.TABLET);
  }

  /** A room that has no device yet. */
  String room() {
    return rooms.remove(0);
  }

  /** Another device, with a name of its own. */
  Device add(Kind kind, String room) {
    Device device =
        new Device(draw.id(), names.get(kind).remove(0), kind, room, CAPABILITIES.get(kind));
    devices.add(device);
    return device;
  }

  /** Words that mean this device and no other. */
  String called(Device device) {
    boolean carried = device.location().isEmpty();
    List<String> ways = new ArrayList<>(List.of((carried ? "my " : "the ") + device.name()));
    String word = draw.of(KindWords.of(device.kind()));
    if (alone(device, false)) {
      ways.add((carried ? "my " : "the ") + word);
    }
    if (!carried && alone(device, true)) {
      ways.add("the " + device.location() + " " + word);
      ways.add("the " + word + " in the " + device.location());
    }
    return draw.of(ways);
  }

  /** Words for any device of its kind. */
  String anyOf(Kind kind) {
    return "the " + draw.of(KindWords.of(kind));
  }

  private boolean alone(Device device, boolean inRoom) {
    return devices.stream()
            .filter(
                other ->
                    other.kind() == device.kind()
                        && (!inRoom || other.location().equals(device.location())))
            .count()
        == 1;
  }
}
