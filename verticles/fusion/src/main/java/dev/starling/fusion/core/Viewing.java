package dev.starling.fusion.core;

import java.util.List;
import java.util.Set;

/**
 * Words for what somebody has before their eyes: "the one on my screen", "what I have open", "the
 * picture that's up". Pure.
 */
final class Viewing {
  /** What is done with a picture that somebody looks at. */
  private static final Set<String> LOOKING =
      Set.of(
          "looking",
          "viewing",
          "watching",
          "seeing",
          "viewed",
          "opened",
          "browsing",
          "staring",
          "gazing",
          "inspecting",
          "reading",
          "admiring",
          "studying",
          "checking",
          "examining");

  /** What is said of a picture that is to be seen. */
  private static final Set<String> SEEN =
      Set.of(
          "open",
          "up",
          "displayed",
          "shown",
          "showing",
          "visible",
          "onscreen",
          "displaying",
          "opened",
          "there",
          "enlarged",
          "pulled");

  /** That stands before such a word. */
  private static final Set<String> BEING =
      Set.of(
          "is",
          "'s",
          "have",
          "got",
          "has",
          "had",
          "being",
          "currently",
          "now",
          "are",
          "left",
          "still",
          "already",
          "just",
          "right",
          "pulled",
          "brought",
          "am");

  /** That may follow it. */
  private static final Set<String> THEN =
      Set.of(
          "",
          "now",
          "right",
          "here",
          "on",
          "at",
          "currently",
          "as",
          "to",
          "and",
          "in",
          "before",
          "please",
          "for",
          "with",
          "onto",
          "via",
          "off");

  private static final Set<String> AFTER_WHICH =
      Set.of("as", "to", "on", "right", "now", "currently", "onto", "into", "over", "should");

  /** What is not done on a screen. */
  private static final Set<String> NOWHERE =
      Set.of("#remove", "#send", "#print", "#favorite", "#pronoun");

  private Viewing() {}

  private static String word(List<String> words, int at) {
    return at >= 0 && at < words.size() ? words.get(at) : "";
  }

  /** Whether a word says so. */
  static boolean at(List<String> words, int i) {
    String word = word(words, i);
    boolean own = word(words, i - 1).equals("my") || word(words, i - 1).equals("our");
    if (word.equals("onscreen") || word.equals("eyes") && own) {
      return true;
    }
    if (word.equals("front")) {
      String whom = word(words, i + 2);
      return word(words, i + 1).equals("of") && (whom.equals("me") || whom.equals("us"));
    }
    if (word.equals("screen") || word.equals("display")) {
      return onScreen(words, i);
    }
    if (word.equals("see")) {
      boolean who = word(words, i - 1).equals("i") || word(words, i - 2).equals("i");
      String next = word(words, i + 1);
      return who && (THEN.contains(next) || next.equals("in"));
    }
    if (LOOKING.contains(word) && byUser(words, i)) {
      return true;
    }
    if ((word.equals("current")
            || word.equals("open")
            || word.equals("displayed")
            || word.equals("visible")
            || word.equals("opened"))
        && ImageWords.isNoun(word(words, i + 1))
        && i > TextFeatures.lead(words)) {
      return true;
    }
    boolean am = word.equals("on") && word(words, i - 1).equals("am") && i + 1 >= words.size();
    return am || SEEN.contains(word) && isSeen(words, i);
  }

  /** "i am looking at", "i was just viewing", "i opened" */
  private static boolean byUser(List<String> words, int i) {
    for (int j = i - 1; j >= Math.max(0, i - 4); j--) {
      if (word(words, j).equals("i") || word(words, j).equals("we")) {
        return true;
      }
    }
    return false;
  }

  /** "the one that is up", "what i have open"; not "open it up" or "bring it up". */
  private static boolean isSeen(List<String> words, int i) {
    boolean being = BEING.contains(word(words, i - 1));
    boolean phrase = false;
    for (int j = i - 1; j >= Math.max(0, i - 6); j--) {
      phrase |= ImageWords.isNoun(word(words, j)) || word(words, j).equals("what");
    }
    boolean there = word(words, i).equals("there");
    boolean weak = there || word(words, i).equals("pulled");
    String next = word(words, i + 1);
    boolean ends = next.equals("on") || next.equals("now") || next.equals("right");
    boolean shown = word(words, i).startsWith("show") || word(words, i).startsWith("display");
    if (shown && ends && ImageWords.isNoun(word(words, i - 1))) {
      return true;
    }
    boolean follows = THEN.contains(word(words, i + 1));
    return weak
        ? word(words, i).equals("pulled") && word(words, i + 1).equals("up") && byUser(words, i)
        : being && phrase && follows;
  }

  /** "on my screen", "on the display right now", "on screen" */
  private static boolean onScreen(List<String> words, int i) {
    int before = i - 1;
    while (before >= 0
        && (ImageWords.DETERMINERS.contains(words.get(before))
            || words.get(before).equals("phone")
            || words.get(before).equals("tablet")
            || words.get(before).equals("'s")
            || words.get(before).equals("own"))) {
      before--;
    }
    if (!word(words, before).equals("on")) {
      return false;
    }
    int up = before - 1;
    while (up >= 0
        && (BEING.contains(words.get(up))
            || SEEN.contains(words.get(up))
            || words.get(up).equals("that")
            || words.get(up).equals("i")
            || words.get(up).equals("which")
            || words.get(up).equals("see")
            || words.get(up).equals("we"))) {
      up--;
    }
    boolean what = word(words, up).equals("what");
    if (up < 0 || !what && !ImageWords.isNoun(words.get(up))) {
      return false;
    }
    // "put the photo on my screen" says where; "... on my screen as the wallpaper" says which.
    boolean told = what || up < before - 1 || AFTER_WHICH.contains(word(words, i + 1));
    return told || NOWHERE.contains(Concepts.of(words.get(TextFeatures.lead(words))));
  }

  /** Whether what reads like a screen among the devices is what is before the user's eyes. */
  static boolean isOwnScreen(List<String> words, DeviceMention mention) {
    if (!mention.kind().equals("screen") || !mention.room().isEmpty()) {
      return false;
    }
    for (int i = mention.from(); i < mention.to(); i++) {
      boolean big = words.get(i).equals("big") || words.get(i).equals("large");
      if (big) {
        return false;
      }
    }
    boolean own = false;
    for (int i = mention.from(); i < mention.to(); i++) {
      own |= words.get(i).equals("my");
    }
    return own || onScreen(words, mention.to() - 1);
  }
}
