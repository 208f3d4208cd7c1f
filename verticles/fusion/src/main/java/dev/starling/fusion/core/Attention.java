package dev.starling.fusion.core;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the user is and what they look at, from what they did. Immutable.
 *
 * @param room where they went last; empty when that is not known
 * @param views when each picture was looked at last, and where
 * @param playing the device that began to play last and has not stopped; empty for none
 */
record Attention(String room, Map<String, View> views, String playing) {
  /** Longer ago, a room that was entered says nothing of where the user is. */
  private static final long ROOM_MILLIS = 12 * 3600_000L;

  /** A look at a picture. */
  record View(long millis, String device) {}

  Attention {
    views = Map.copyOf(views);
  }

  static Attention of(Timeline timeline) {
    String room = "";
    Map<String, View> views = new TreeMap<>();
    String playing = "";
    for (Moment moment : timeline.moments()) {
      if (!(moment.event().content() instanceof Content.Behaviour behaviour)) {
        continue;
      }
      String device = moment.event().deviceId();
      String action = behaviour.action();
      String image = behaviour.attributes().get("image_id");
      boolean ends = ends(action);
      if (image != null) {
        if (ends || action.contains("delete")) {
          views.remove(image);
        } else {
          views.put(image, new View(moment.millis(), device));
        }
      }
      String entered = room(behaviour);
      if (!entered.isEmpty() && timeline.now() - moment.millis() <= ROOM_MILLIS) {
        if (!ends) {
          room = Rooms.canonical(entered);
        } else if (Rooms.canonical(entered).equals(room)) {
          room = "";
        }
      }
      if (plays(action)) {
        playing = !ends ? device : device.equals(playing) ? "" : playing;
      }
    }
    return new Attention(room, views, playing);
  }

  private static boolean ends(String action) {
    return action.contains("close")
        || action.contains("left")
        || action.contains("exit")
        || action.contains("stop")
        || action.contains("pause")
        || action.endsWith("ended");
  }

  private static boolean plays(String action) {
    return action.startsWith("play") || action.contains("_play");
  }

  /** Whether what happened can tell where the user is, what they see, mean or say. */
  static boolean matters(Content content) {
    return !(content instanceof Content.Behaviour behaviour)
        || behaviour.attributes().containsKey("image_id")
        || plays(behaviour.action())
        || !room(behaviour).isEmpty();
  }

  private static String room(Content.Behaviour behaviour) {
    String room = behaviour.attributes().get("room");
    if (room == null) {
      room = behaviour.attributes().get("location");
    }
    return room == null ? "" : room;
  }

  /** The picture that was looked at last; null when none was. */
  @Nullable String lastViewed() {
    return lastViewedOn("");
  }

  /** The same, on one device; on any when it is empty. */
  @Nullable String lastViewedOn(String device) {
    String last = null;
    long millis = Long.MIN_VALUE;
    for (Map.Entry<String, View> view : new TreeMap<>(views).entrySet()) {
      boolean there = device.isEmpty() || view.getValue().device().equals(device);
      if (there && view.getValue().millis() >= millis) {
        last = view.getKey();
        millis = view.getValue().millis();
      }
    }
    return last;
  }
}
