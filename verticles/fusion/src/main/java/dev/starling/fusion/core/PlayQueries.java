package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds what is to be played. Pure. */
final class PlayQueries {
  /** What stands before it; longer ones come before what they begin with. */
  private static final List<List<String>> TRIGGERS =
      triggers(
          "press play on",
          "hit play on",
          "start playing",
          "begin playing",
          "resume playing",
          "continue playing",
          "keep playing",
          "how about playing",
          "play",
          "playing",
          "listening to",
          "listen to",
          "to hear",
          "hearing",
          "hear",
          "stream",
          "queue up",
          "queue",
          "blast",
          "shuffle",
          "tune in to",
          "tune into",
          "tune to",
          "switch over to",
          "switch to",
          "change to",
          "set the mood with",
          "in the mood to listen to",
          "treat us to",
          "treat me to",
          "hit me with",
          "entertain us with",
          "entertain me with",
          "let there be",
          "bring on",
          "cue up",
          "load up",
          "dial up",
          "could use",
          "can use",
          "could go for",
          "put on",
          "throw on",
          "pop on",
          "stick on",
          "turn on",
          "switch on",
          "fire up",
          "kick off",
          "crank up",
          "spin",
          "resume",
          "continue",
          "bring up",
          "in the mood for",
          "feel like",
          "feeling like",
          "craving",
          "up for",
          "fancy",
          "how about",
          "time for",
          "start",
          "begin",
          "run",
          "put",
          "throw",
          "stick",
          "turn",
          "pop",
          "let us get",
          "can we get",
          "could we get",
          "could i get",
          "can i get",
          "get us",
          "get me",
          "let us have",
          "can we have",
          "could we have",
          "give me",
          "give us",
          "i would like",
          "i want",
          "i need",
          "need",
          "want",
          "cue",
          "get",
          "try",
          "let",
          "have");

  private static final Set<String> BEFORE =
      Set.of("me", "us", "some", "please", "to", "of", "now", "just", "up", "any", "hearing", "on");
  private static final List<List<String>> AFTER =
      longestFirst(
          "please",
          "now",
          "for me",
          "for us",
          "right now",
          "would be nice",
          "would be great",
          "again",
          "in here",
          "over here",
          "here",
          "to start",
          "to play",
          "to begin",
          "right away",
          "out loud",
          "nice and loud",
          "loudly",
          "at once",
          "instead",
          "next",
          "a spin",
          "a listen",
          "going",
          "playing",
          "play",
          "rolling",
          "running",
          "started",
          "today",
          "tonight",
          "in this room",
          "in the room",
          "as well",
          "if possible",
          "if you would",
          "on",
          "thanks",
          "thank you",
          "if you can",
          "too",
          "for a bit",
          "in the background",
          "everywhere",
          "will you",
          "would you",
          "could you");

  private static final Set<String> PREPOSITIONS =
      Set.of("on", "in", "to", "through", "via", "using", "from", "over", "onto", "at", "into");

  /** These command only where a command begins. */
  private static final Set<String> WEAK =
      Set.of(
          "start",
          "begin",
          "run",
          "put",
          "throw",
          "stick",
          "turn",
          "pop",
          "have",
          "need",
          "want",
          "get",
          "try",
          "let",
          "cue",
          "continue",
          "resume",
          "spin");

  private PlayQueries() {}

  private static List<List<String>> triggers(String... texts) {
    List<List<String>> all = new ArrayList<>();
    for (String text : texts) {
      all.add(List.of(text.split(" ", -1)));
    }
    return List.copyOf(all);
  }

  private static List<List<String>> longestFirst(String... texts) {
    List<List<String>> all = new ArrayList<>(triggers(texts));
    all.sort((a, b) -> Integer.compare(b.size(), a.size()));
    return List.copyOf(all);
  }

  /**
   * What, in lower case, as it was said; empty when nothing is.
   *
   * @param text that was said
   */
  static String find(String text, DeviceWords devices) {
    List<String> said = Words.asSaid(text);
    boolean[] device = new boolean[said.size()];
    for (DeviceMention mention : devices.find(said)) {
      boolean first =
          mention.from() <= 3
              && said.subList(mention.to(), said.size()).stream().anyMatch(DOING::contains);
      if (PREPOSITIONS.contains(mention.preposition()) || first) {
        for (int i = mention.from(); i < mention.to(); i++) {
          device[i] = true;
        }
      }
    }
    for (int from : afterTriggers(said, device)) {
      List<String> rest = new ArrayList<>();
      for (int i = from; i < said.size() && !isAside(said, i, from); i++) {
        if (!device[i]) {
          rest.add(said.get(i));
        }
      }
      trim(rest);
      // "let us get some salsa playing in here": not what follows the last verb.
      if (!PREPOSITIONS.containsAll(rest) && !beginsAnew(rest)) {
        return Spelling.of(text, rest);
      }
    }
    return "";
  }

  /** What a device is told to do with it. */
  private static final Set<String> DOING = Set.of("play", "playing", "start", "stream", "blast");

  /** "while i cook", "would hit the spot", "because it is late", "so that we can dance" */
  private static boolean isAside(List<String> said, int at, int from) {
    if (at == from) {
      return false;
    }
    String next = at + 1 < said.size() ? said.get(at + 1) : "";
    String then = at + 2 < said.size() ? said.get(at + 2) : "";
    boolean who = next.equals("i") || next.equals("we") || next.equals("i'm") || next.equals("it");
    return switch (said.get(at)) {
      case "while", "so" -> who || next.equals("that");
      case "would" -> next.equals("you") || next.equals("be") || then.equals("the");
      case "will", "could", "can" -> next.equals("you");
      case "sounds", "is" -> next.equals("good") || next.equals("what") || next.equals("nice");
      default -> false;
    };
  }

  /** "to hear some" is still on its way to what. */
  private static boolean beginsAnew(List<String> rest) {
    for (List<String> trigger : TRIGGERS) {
      boolean strong = trigger.size() > 1 || !WEAK.contains(trigger.get(0));
      boolean begins =
          rest.size() >= trigger.size() && rest.subList(0, trigger.size()).equals(trigger);
      if (begins && (strong || rest.size() == trigger.size())) {
        return true;
      }
    }
    return false;
  }

  /** Where it may begin, the likeliest first. */
  private static List<Integer> afterTriggers(List<String> said, boolean[] device) {
    List<Integer> begins = new ArrayList<>();
    int lead = TextFeatures.lead(said);
    int fill = said.indexOf("fill");
    int with = fill < 0 ? -1 : said.subList(fill, said.size()).indexOf("with");
    if (with > 0) {
      begins.add(fill + with + 1);
    }
    for (List<String> trigger : TRIGGERS) {
      for (int i = 0; i + trigger.size() < Math.min(said.size() + 1, 13); i++) {
        boolean leads = trigger.size() > 1 || !WEAK.contains(trigger.get(0)) || i <= lead + 1;
        if (leads && !device[i] && said.subList(i, i + trigger.size()).equals(trigger)) {
          begins.add(i + trigger.size());
        }
      }
    }
    if (begins.isEmpty()) {
      begins.add(lead);
    }
    return begins;
  }

  private static void trim(List<String> rest) {
    boolean trimmed = true;
    while (trimmed && !rest.isEmpty()) {
      trimmed = false;
      if (BEFORE.contains(rest.get(0))) {
        rest.remove(0);
        trimmed = true;
      } else if (rest.size() > 3
          && rest.get(0).equals("a")
          && (rest.get(1).equals("bit") || rest.get(1).equals("little"))) {
        rest.subList(0, rest.get(2).equals("of") ? 3 : 2).clear();
        trimmed = true;
      }
      for (List<String> after : AFTER) {
        int at = rest.size() - after.size();
        if (at > 0 && rest.subList(at, rest.size()).equals(after)) {
          rest.subList(at, rest.size()).clear();
          trimmed = true;
        }
      }
    }
  }
}
