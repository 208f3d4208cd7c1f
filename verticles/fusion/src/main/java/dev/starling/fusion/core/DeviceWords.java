package dev.starling.fusion.core;

import dev.starling.fusion.core.Device.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds devices and rooms in words: by kind, by the names that the user gave them, by where they
 * are. Immutable, thread-safe.
 */
final class DeviceWords {
  /** What devices are called, with a word for their kind. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("tv", "tv"),
          Map.entry("tvs", "tv"),
          Map.entry("television", "tv"),
          Map.entry("telly", "tv"),
          Map.entry("screen", "screen"),
          Map.entry("screens", "screen"),
          Map.entry("display", "screen"),
          Map.entry("monitor", "screen"),
          Map.entry("projector", "screen"),
          Map.entry("tablet", "tablet"),
          Map.entry("tablets", "tablet"),
          Map.entry("ipad", "tablet"),
          Map.entry("phone", "phone"),
          Map.entry("phones", "phone"),
          Map.entry("smartphone", "phone"),
          Map.entry("mobile", "phone"),
          Map.entry("cell", "phone"),
          Map.entry("iphone", "phone"),
          Map.entry("android", "phone"),
          Map.entry("frame", "frame"),
          Map.entry("frames", "frame"),
          Map.entry("speaker", "speaker"),
          Map.entry("speakers", "speaker"),
          Map.entry("stereo", "speaker"),
          Map.entry("soundbar", "speaker"),
          Map.entry("boombox", "speaker"),
          Map.entry("light", "light"),
          Map.entry("lights", "light"),
          Map.entry("lamp", "light"),
          Map.entry("lamps", "light"),
          Map.entry("bulb", "light"),
          Map.entry("bulbs", "light"),
          Map.entry("lighting", "light"),
          Map.entry("chandelier", "light"),
          Map.entry("lightstrip", "light"),
          Map.entry("printer", "printer"),
          Map.entry("printers", "printer"));

  private static final Map<String, Set<Kind>> OF_KIND =
      Map.of(
          "tv", Set.of(Kind.TV),
          "screen", Set.of(Kind.TV, Kind.FRAME),
          "tablet", Set.of(Kind.TABLET),
          "phone", Set.of(Kind.PHONE),
          "frame", Set.of(Kind.FRAME),
          "speaker", Set.of(Kind.SPEAKER),
          "light", Set.of(Kind.LIGHT),
          "printer", Set.of(Kind.PRINTER));

  /** What may stand before the kind and says no more than that. */
  private static final Set<String> EMPTY =
      Set.of(
          "the",
          "my",
          "our",
          "a",
          "an",
          "that",
          "this",
          "your",
          "big",
          "large",
          "smart",
          "digital",
          "picture",
          "photo",
          "old",
          "new",
          "little",
          "small",
          "bluetooth",
          "wireless",
          "color",
          "other",
          "'s",
          "room",
          "ceiling",
          "desk",
          "floor",
          "table",
          "bedside",
          "reading",
          "led",
          "main",
          "android",
          "flat",
          "both");

  private static final Set<String> DETERMINERS =
      Set.of("the", "my", "our", "a", "an", "that", "this", "your", "both", "all");

  private static final Set<String> PREPOSITIONS =
      Set.of(
          "on", "to", "from", "onto", "in", "at", "off", "with", "using", "by", "via", "through",
          "into", "for", "of", "over", "inside");

  private static final Set<String> ALBUMS =
      Set.of("gallery", "album", "camera", "library", "roll", "collection");

  private static final Set<String> TAKING = Set.of("took", "taken", "shot", "snapped", "made");

  private final List<Device> devices;
  private final Map<String, Set<String>> nameWords = new TreeMap<>();
  private final List<List<String>> tellingNames = new ArrayList<>();
  private final Map<String, String> rooms = new TreeMap<>();
  private final Set<List<String>> locations = new LinkedHashSet<>();

  DeviceWords(List<Device> devices) {
    this.devices = List.copyOf(devices);
    for (Device device : devices) {
      List<String> name = Words.of(device.name());
      nameWords.put(device.id(), Set.copyOf(name));
      if (isTelling(name)) {
        tellingNames.add(name);
      }
      rooms.put(device.id(), Rooms.canonical(device.location()));
      locations.add(Words.of(device.location().replace('_', ' ')));
    }
  }

  /** The canonical room of a device; empty when it has none. */
  String room(Device device) {
    return rooms.getOrDefault(device.id(), "");
  }

  /** All of them, in the order in which they are said. */
  List<DeviceMention> find(List<String> words) {
    List<DeviceMention> found = new ArrayList<>();
    int at = 0;
    while (at < words.size()) {
      DeviceMention mention = at(words, at);
      if (mention == null) {
        at++;
      } else {
        found.add(mention);
        at = Math.max(at + 1, mention.to());
      }
    }
    return found;
  }

  private @Nullable DeviceMention at(List<String> words, int at) {
    int named = fullName(words, at);
    if (named > 0) {
      return mention(words, at, at + named, kindIn(words, at, at + named));
    }
    String kind = KINDS.get(words.get(at));
    if (kind != null && isDevice(words, at)) {
      return mention(words, at, at + 1, kind);
    }
    int room = Rooms.length(words, at, locations);
    if (room > 0 && isPlace(words, at) && !leadsToDevice(words, at + room)) {
      return roomOnly(words, at, room);
    }
    return null;
  }

  /**
   * Words of a name that no kind tells, e.g. of "fridge" or "gallery wall"; 0 when there is none.
   */
  private int fullName(List<String> words, int at) {
    int longest = 0;
    for (List<String> name : tellingNames) {
      if (at + name.size() <= words.size() && words.subList(at, at + name.size()).equals(name)) {
        longest = Math.max(longest, name.size());
      }
    }
    return longest;
  }

  private static boolean isTelling(List<String> name) {
    boolean room = !name.isEmpty() && Rooms.length(name, 0, Set.of()) == name.size();
    return !room
        && name.stream().anyMatch(word -> !KINDS.containsKey(word) && !EMPTY.contains(word));
  }

  private static String kindIn(List<String> words, int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (KINDS.containsKey(words.get(i))) {
        return KINDS.get(words.get(i));
      }
    }
    return "device";
  }

  /** Not in "the light one", "the photo of the lamp" or "phone mom". */
  private static boolean isDevice(List<String> words, int at) {
    String next = at + 1 < words.size() ? words.get(at + 1) : "";
    String word = words.get(at);
    if (word.equals("light") && (ImageWords.isNoun(next) || isColor(next))) {
      return false;
    }
    if ((word.equals("display") || word.equals("screen") || word.equals("phone")) && at == 0
        || next.equals("background")
        || next.equals("saver")) {
      return false;
    }
    String verb = at > 0 ? words.get(at - 1) : "";
    if (word.equals("frame") && (verb.equals("to") || verb.equals("will") || verb.equals("can"))) {
      // "i am going to frame it"
      return false;
    }
    if (word.equals("display")
        && (DETERMINERS.contains(next) || next.equals("it") || ImageWords.isNoun(next))) {
      return false;
    }
    int before = at - 1;
    while (before >= 0 && EMPTY.contains(words.get(before))) {
      before--;
    }
    boolean shown =
        before >= 1
            && (words.get(before).equals("of") || words.get(before).equals("with"))
            && ImageWords.isNoun(words.get(before - 1));
    // "the falls shot with my tablet"
    boolean taken = before >= 1 && words.get(before - 1).equals("shot");
    return !shown || taken;
  }

  private static boolean isColor(String word) {
    return Colors.named(word) != null;
  }

  private static boolean isPlace(List<String> words, int at) {
    int before = at - 1;
    while (before >= 0 && DETERMINERS.contains(words.get(before))) {
      before--;
    }
    String word = before >= 0 ? words.get(before) : "";
    boolean place =
        word.equals("in") || word.equals("on") || word.equals("to") || word.equals("at");
    // "the bedroom one" answers which; "the photo in the garden" tells what is on it.
    int after = at + 1;
    boolean one = after < words.size() && words.get(after).equals("one");
    boolean content = before >= 1 && ImageWords.isNoun(words.get(before - 1));
    return (place && !content) || one || words.size() - (at - before - 1) <= 2 && before < 0;
  }

  private static boolean leadsToDevice(List<String> words, int at) {
    int next = at;
    while (next < words.size() && EMPTY.contains(words.get(next))) {
      next++;
    }
    return next < words.size() && KINDS.containsKey(words.get(next));
  }

  private DeviceMention roomOnly(List<String> words, int at, int length) {
    String room = Rooms.canonical(words.subList(at, at + length));
    List<Device> there = new ArrayList<>();
    for (Device device : devices) {
      if (room(device).equals(room)) {
        there.add(device);
      }
    }
    int from = start(words, at);
    String preposition = preposition(words, from);
    return new DeviceMention(from, at + length, preposition, "", there, room, false, false);
  }

  private DeviceMention mention(List<String> words, int head, int end, String kind) {
    int from = head;
    Set<String> telling = new HashSet<>();
    for (int i = head; i < end; i++) {
      if (!KINDS.containsKey(words.get(i)) && !EMPTY.contains(words.get(i))) {
        telling.add(words.get(i));
      }
    }
    while (from > 0 && qualifies(words, from - 1)) {
      from--;
      if (!EMPTY.contains(words.get(from)) || isNameWord(words.get(from))) {
        telling.add(words.get(from));
      }
      if (DETERMINERS.contains(words.get(from))) {
        break;
      }
    }
    int to = end;
    String room = roomWithin(words, from, head);
    int after = end;
    if (after < words.size() && (words.get(after).equals("in") || words.get(after).equals("of"))) {
      after++;
      while (after < words.size() && DETERMINERS.contains(words.get(after))) {
        after++;
      }
      int length = after < words.size() ? Rooms.length(words, after, locations) : 0;
      if (length > 0) {
        room = Rooms.canonical(words.subList(after, after + length));
        telling.addAll(words.subList(after, after + length));
        to = after + length;
      }
    }
    List<Device> fitting = called(fitting(kind, telling, room), words.subList(from, end));
    int start = start(words, from);
    String preposition = preposition(words, start);
    boolean possessive = to < words.size() && words.get(to).equals("'s");
    int next = possessive ? to + 1 : to;
    while (next < words.size() && ImageWords.isAdjective(words.get(next))) {
      next++;
    }
    boolean beforeImage =
        next < words.size()
            && (ImageWords.isNoun(words.get(next)) && (possessive || !words.get(next).equals("one"))
                || ALBUMS.contains(words.get(next)))
            && !kind.equals("frame");
    return new DeviceMention(
        start,
        possessive ? to + 1 : to,
        takenWith(words, start, kind) ? "taken with" : preposition,
        kind,
        fitting,
        room,
        afterImage(words, start),
        beforeImage);
  }

  private boolean isNameWord(String word) {
    if (DETERMINERS.contains(word) || word.equals("'s") || word.equals("room")) {
      return false;
    }
    for (Set<String> name : nameWords.values()) {
      if (name.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a word can stand between a determiner and the device. */
  private boolean qualifies(List<String> words, int at) {
    String word = words.get(at);
    if (EMPTY.contains(word) || isNameWord(word)) {
      return !PREPOSITIONS.contains(word);
    }
    if (Rooms.length(words, at, locations) > 0) {
      return true;
    }
    // "living" of "living room", "anna" of "anna's tablet"
    boolean room = at + 1 < words.size() && words.get(at + 1).equals("room");
    boolean owner =
        at + 1 < words.size() && words.get(at + 1).equals("'s") && ImageWords.isContent(word);
    return room || owner;
  }

  private String roomWithin(List<String> words, int from, int to) {
    for (int i = from; i < to; i++) {
      int length = Rooms.length(words, i, locations);
      if (length > 0 && i + length <= to) {
        return Rooms.canonical(words.subList(i, i + length));
      }
    }
    return "";
  }

  private List<Device> fitting(String kind, Set<String> telling, String room) {
    List<Device> ofKind = new ArrayList<>();
    for (Device device : devices) {
      boolean called = nameWords.get(device.id()).stream().anyMatch(w -> kind.equals(KINDS.get(w)));
      Set<Kind> kinds = OF_KIND.getOrDefault(kind, Set.of());
      if (kinds.contains(device.kind()) || called || kind.equals("device")) {
        ofKind.add(device);
      }
    }
    int most = 0;
    List<Device> best = new ArrayList<>();
    for (Device device : ofKind) {
      int fits = room.isEmpty() || !room(device).equals(room) ? 0 : 2;
      for (String word : telling) {
        fits += nameWords.get(device.id()).contains(word) ? 1 : 0;
      }
      if (fits > most) {
        most = fits;
        best.clear();
      }
      if (fits == most) {
        best.add(device);
      }
    }
    boolean unknown = most == 0 && !room.isEmpty();
    return unknown ? List.of() : best;
  }

  /** The one of which these words are the whole name; all when there is none. */
  private static List<Device> called(List<Device> fitting, List<String> words) {
    List<String> name = words.stream().filter(word -> !DETERMINERS.contains(word)).toList();
    List<Device> called =
        fitting.stream().filter(device -> Words.of(device.name()).equals(name)).toList();
    return called.size() == 1 ? called : fitting;
  }

  /** Where determiner and preposition before a word begin. */
  private static int start(List<String> words, int at) {
    int from = at;
    while (from > 0 && DETERMINERS.contains(words.get(from - 1))) {
      from--;
    }
    if (from > 0 && PREPOSITIONS.contains(words.get(from - 1))) {
      from--;
      if (from > 0
          && (words.get(from - 1).equals("over")
              || words.get(from - 1).equals("up")
              || words.get(from - 1).equals("out"))) {
        from--;
      }
    }
    return from;
  }

  private static String preposition(List<String> words, int from) {
    if (from + 1 < words.size() && PREPOSITIONS.contains(words.get(from + 1))) {
      return words.get(from + 1);
    }
    return PREPOSITIONS.contains(words.get(from)) ? words.get(from) : "";
  }

  private static boolean takenWith(List<String> words, int from, String kind) {
    if (from == 0) {
      return false;
    }
    String preposition = words.get(from);
    boolean camera = kind.equals("phone") || kind.equals("tablet");
    boolean by =
        camera
            && !words.get(from - 1).equals("made")
            && (preposition.equals("on") || preposition.equals("by") || preposition.equals("from"));
    return (preposition.equals("with") || preposition.equals("using") || by)
        && (TAKING.contains(words.get(from - 1))
            || from > 1
                && TAKING.contains(words.get(from - 2))
                && ImageWords.isAdverb(words.get(from - 1)));
  }

  /** "the one on my phone", "the photo that is on my phone", "the one i took on my phone" */
  private static boolean afterImage(List<String> words, int from) {
    int before = from - 1;
    while (before >= 0
        && (words.get(before).equals("that")
            || words.get(before).equals("is")
            || words.get(before).equals("'s")
            || words.get(before).equals("which"))) {
      before--;
    }
    return before >= 0
        && (ImageWords.isNoun(words.get(before))
            || TAKING.contains(words.get(before))
            || isLatest(words, before));
  }

  /** "the newest on my phone" */
  private static boolean isLatest(List<String> words, int at) {
    String word = words.get(at);
    boolean last = word.equals("latest") || word.equals("newest") || word.equals("last");
    return last && at > 0 && DETERMINERS.contains(words.get(at - 1));
  }
}
