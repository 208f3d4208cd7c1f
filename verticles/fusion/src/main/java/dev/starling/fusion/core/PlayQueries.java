package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds what is to be played. Pure. */
final class PlayQueries {
  /** What stands before it; longer ones come before what they begin with. */
  private static final List<List<String>> TRIGGERS =
      triggers(
          "start playing", "begin playing", "resume playing", "continue playing", "keep playing",
          "how about playing", "play", "playing", "listening to", "listen to", "to hear", "hearing",
          "hear", "stream", "queue up", "queue", "blast", "shuffle", "put on", "throw on", "pop on",
          "stick on", "turn on", "switch on", "fire up", "kick off", "crank up", "spin", "resume",
          "continue", "bring up", "in the mood for", "feel like", "fancy", "how about", "time for",
          "start", "begin", "run", "put", "throw", "stick", "turn", "pop", "let us have", "can we have",
          "could we have", "give me", "give us", "i would like", "i want", "i need", "have");

  private static final Set<String> BEFORE =
      Set.of("me", "us", "some", "please", "to", "of", "now", "just", "up");
  private static final List<List<String>> AFTER =
      triggers(
          "please", "now", "for me", "for us", "right now", "would be nice", "would be great", "again",
          "in here", "over here", "here", "on", "thanks", "thank you", "if you can", "too", "for a bit",
          "in the background", "everywhere", "will you", "would you", "could you");

  private static final Set<String> PREPOSITIONS =
      Set.of("on", "in", "to", "through", "via", "using", "from", "over", "onto", "at", "into");

  private PlayQueries() {}

  private static List<List<String>> triggers(String... texts) {
    List<List<String>> all = new ArrayList<>();
    for (String text : texts) {
      all.add(List.of(text.split(" ", -1)));
    }
    return List.copyOf(all);
  }

  /**
   * What, in lower case, as it was said; empty when nothing is.
   *
   * @param said {@link Words#asSaid}
   */
  static String find(List<String> said, DeviceWords devices) {
    List<String> rest = new ArrayList<>();
    boolean[] device = new boolean[said.size()];
    for (DeviceMention mention : devices.find(said)) {
      boolean first = mention.from() <= 3 && said.subList(mention.to(), said.size()).contains("play");
      if (PREPOSITIONS.contains(mention.preposition()) || first) {
        for (int i = mention.from(); i < mention.to(); i++) {
          device[i] = true;
        }
      }
    }
    int from = afterTrigger(said, device);
    for (int i = from; i < said.size(); i++) {
      if (!device[i]) {
        rest.add(said.get(i));
      }
    }
    trim(rest);
    return Words.joined(rest);
  }

  private static int afterTrigger(List<String> said, boolean[] device) {
    for (List<String> trigger : TRIGGERS) {
      for (int i = 0; i + trigger.size() <= Math.min(said.size(), 12); i++) {
        if (!device[i] && said.subList(i, i + trigger.size()).equals(trigger)) {
          return i + trigger.size();
        }
      }
    }
    return TextFeatures.lead(said);
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
