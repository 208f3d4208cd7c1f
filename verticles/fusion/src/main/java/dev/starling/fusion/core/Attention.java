package dev.starling.fusion.core;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the user is and what they look at, from what they did. Immutable.
 *
 * @param room where they went last; empty when that is not known
 * @param roomMillis when
 * @param views when each picture was looked at last, and where
 * @param touched when each device was used last
 */
record Attention(
    String room, long roomMillis, Map<String, View> views, Map<String, Long> touched) {
  /** Longer ago, a room that was entered says nothing of where the user is. */
  private static final long ROOM_MILLIS = 12 * 3600_000L;

  /** A look at a picture. */
  record View(long millis, String device) {}

  Attention {
    views = Map.copyOf(views);
    touched = Map.copyOf(touched);
  }

  static Attention of(Timeline timeline) {
    String room = "";
    long roomMillis = Long.MIN_VALUE;
    Map<String, View> views = new TreeMap<>();
    Map<String, Long> touched = new TreeMap<>();
    for (Moment moment : timeline.moments()) {
      if (!(moment.event().content() instanceof Content.Behaviour behaviour)) {
        continue;
      }
      String device = moment.event().deviceId();
      String action = behaviour.action();
      String image = behaviour.attributes().get("image_id");
      boolean ends = action.contains("close") || action.contains("left") || action.contains("exit");
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
          roomMillis = moment.millis();
        } else if (Rooms.canonical(entered).equals(room)) {
          room = "";
        }
      } else {
        touched.put(device, moment.millis());
      }
    }
    return new Attention(room, roomMillis, views, touched);
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
