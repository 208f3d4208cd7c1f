package dev.starling.fusion.core;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rooms as people call them, and which of those names mean the same one. Pure. */
final class Rooms {
  /** The last word of a room's name, with what it is called here. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("kitchen", "kitchen"),
          Map.entry("kitchenette", "kitchen"),
          Map.entry("bedroom", "bedroom"),
          Map.entry("lounge", "living"),
          Map.entry("parlor", "living"),
          Map.entry("parlour", "living"),
          Map.entry("livingroom", "living"),
          Map.entry("hall", "hall"),
          Map.entry("hallway", "hall"),
          Map.entry("corridor", "hall"),
          Map.entry("entrance", "hall"),
          Map.entry("foyer", "hall"),
          Map.entry("office", "office"),
          Map.entry("study", "office"),
          Map.entry("den", "den"),
          Map.entry("bathroom", "bathroom"),
          Map.entry("garage", "garage"),
          Map.entry("nursery", "nursery"),
          Map.entry("playroom", "playroom"),
          Map.entry("basement", "basement"),
          Map.entry("cellar", "basement"),
          Map.entry("attic", "attic"),
          Map.entry("loft", "attic"),
          Map.entry("terrace", "terrace"),
          Map.entry("patio", "terrace"),
          Map.entry("balcony", "balcony"),
          Map.entry("garden", "garden"),
          Map.entry("yard", "garden"),
          Map.entry("backyard", "garden"),
          Map.entry("library", "library"),
          Map.entry("workshop", "workshop"),
          Map.entry("studio", "studio"),
          Map.entry("conservatory", "conservatory"),
          Map.entry("pantry", "pantry"),
          Map.entry("porch", "porch"),
          Map.entry("upstairs", "upstairs"),
          Map.entry("downstairs", "downstairs"));

  /** Words before "room". */
  private static final Map<String, String> OF_ROOM =
      Map.ofEntries(
          Map.entry("living", "living"),
          Map.entry("sitting", "living"),
          Map.entry("family", "living"),
          Map.entry("front", "living"),
          Map.entry("dining", "dining"),
          Map.entry("bed", "bedroom"),
          Map.entry("bath", "bathroom"),
          Map.entry("guest", "guest"),
          Map.entry("kids", "kids"),
          Map.entry("kid", "kids"),
          Map.entry("children", "kids"),
          Map.entry("laundry", "laundry"),
          Map.entry("utility", "utility"),
          Map.entry("game", "game"),
          Map.entry("media", "media"),
          Map.entry("music", "music"),
          Map.entry("sun", "sun"),
          Map.entry("meeting", "meeting"));

  private Rooms() {}

  /**
   * How many words from one on name a room; 0 when they do not.
   *
   * @param locations of the user's devices, in words, which may be called anything
   */
  static int length(List<String> words, int at, Set<List<String>> locations) {
    for (List<String> location : locations) {
      if (!location.isEmpty()
          && at + location.size() <= words.size()
          && words.subList(at, at + location.size()).equals(location)) {
        return location.size();
      }
    }
    String word = words.get(at);
    boolean beforeRoom = at + 1 < words.size() && words.get(at + 1).equals("room");
    if (beforeRoom && OF_ROOM.containsKey(word)) {
      return 2;
    }
    boolean possessed =
        at + 2 < words.size()
            && words.get(at + 1).equals("'s")
            && words.get(at + 2).equals("room")
            && OF_ROOM.containsKey(word);
    return possessed ? 3 : NAMES.containsKey(word) ? 1 : 0;
  }

  /** One name for each room: that of the list, or the words themselves. */
  static String canonical(List<String> words) {
    if (words.isEmpty()) {
      return "";
    }
    String last = words.get(words.size() - 1);
    if (last.equals("room") && words.size() > 1) {
      String before = words.get(words.size() - (words.contains("'s") ? 3 : 2));
      return OF_ROOM.getOrDefault(before, String.join(" ", words));
    }
    if (words.size() == 1) {
      return NAMES.getOrDefault(last, OF_ROOM.getOrDefault(last, last));
    }
    return String.join(" ", words);
  }

  /** Locations are written with blanks, hyphens or underscores. */
  static String canonical(String location) {
    return canonical(Words.of(location.replace('_', ' ')));
  }
}
