package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds to whom something is to be sent. Pure. */
final class Recipients {
  /** Words that stand for somebody who was named before. */
  static final Set<String> PRONOUNS = Set.of("him", "her", "them");

  private static final Set<String> GIVING =
      Set.of(
          "send", "text", "email", "give", "forward", "message", "mail", "whatsapp", "dm", "ping",
          "shoot", "drop", "get", "let", "copy", "flick", "throw", "write", "pass", "hand", "share",
          "fire", "airdrop", "show", "sms", "sling", "app", "toss", "tell", "deliver", "make", "sure");
  private static final Set<String> RECEIVING =
      Set.of("should", "needs", "wants", "has", "would", "must", "gets", "needed", "might", "will");
  private static final Set<String> NOBODY =
      Set.of(
          "trash", "bin", "favorites", "printer", "tv", "screen", "someone", "somebody", "album",
          "wallpaper", "everywhere", "gallery", "paper", "others", "message", "chat", "email", "text");
  private static final Set<String> FAMILY =
      Set.of(
          "mom", "mum", "mama", "mommy", "mother", "dad", "papa", "daddy", "father", "sister",
          "brother", "grandma", "grandpa", "granny", "wife", "husband", "boss", "aunt", "uncle",
          "cousin", "team", "family", "girlfriend", "boyfriend", "son", "daughter", "parents",
          "friend", "friends", "everyone", "everybody", "partner", "neighbor", "neighbour", "nana",
          "roommate", "colleague", "kids", "doctor", "landlord", "teacher", "group", "him", "her");

  /**
   * A recipient and where it stands.
   *
   * @param name without "my" or "the"; a pronoun when it is one; empty for nobody
   */
  record Found(String name, int from, int to) {
    static final Found NOBODY = new Found("", 0, 0);
  }

  private Recipients() {}

  /**
   * To whom.
   *
   * @param words without corrections of spelling, since names are spelt as they like
   * @param used words that mean a device
   */
  static Found find(List<String> words, boolean[] used) {
    Found to = afterPreposition(words, used, "to");
    if (to.name().isEmpty() && shares(words)) {
      to = afterPreposition(words, used, "with");
    }
    if (to.name().isEmpty()) {
      to = indirect(words, used);
    }
    if (to.name().isEmpty()) {
      to = afterPreposition(words, used, "for");
    }
    if (to.name().isEmpty()) {
      to = afterPreposition(words, used, "with");
    }
    return to.name().isEmpty() ? subject(words, used) : to;
  }

  private static boolean shares(List<String> words) {
    return words.contains("share") || words.contains("chat") || words.contains("sharing");
  }

  private static Found afterPreposition(List<String> words, boolean[] used, String preposition) {
    Found last = Found.NOBODY;
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).equals(preposition) && !used[i] && !used[i + 1]) {
        Found found = name(words, used, i + 1, preposition.equals("to"));
        boolean shown =
            preposition.equals("with") && !shares(words) && i > 0 && isImage(words.get(i - 1));
        if (!found.name().isEmpty() && !shown) {
          last = new Found(found.name(), i, found.to());
        }
      }
    }
    return last;
  }

  private static boolean isImage(String word) {
    return ImageWords.isNoun(word);
  }

  /** "send my sister the red one", "let dad see it" */
  private static Found indirect(List<String> words, boolean[] used) {
    for (int i = 0; i + 2 < words.size(); i++) {
      if (!GIVING.contains(words.get(i))) {
        continue;
      }
      Found found = name(words, used, i + 1, true);
      if (found.name().isEmpty() || found.to() >= words.size()) {
        continue;
      }
      String next = words.get(found.to());
      boolean object =
          ImageWords.DETERMINERS.contains(next)
              || next.equals("it")
              || next.equals("see")
              || next.equals("have")
              || next.equals("gets")
              || next.equals("get")
              || next.equals("on")
              || next.equals("what")
              || next.equals("yesterday")
              || next.equals("today");
      if (object && !isImage(words.get(found.to() - 1))) {
        return found;
      }
    }
    return Found.NOBODY;
  }

  /** "anna should get the photo", "i want dad to see it", "the photo goes to mom" */
  private static Found subject(List<String> words, boolean[] used) {
    for (int i = 1; i < words.size(); i++) {
      boolean receives = RECEIVING.contains(words.get(i));
      boolean toHave =
          words.get(i).equals("to")
              && i + 1 < words.size()
              && (words.get(i + 1).equals("see")
                  || words.get(i + 1).equals("have")
                  || words.get(i + 1).equals("get"));
      boolean asked =
          (words.get(i).equals("get") || words.get(i).equals("see") || words.get(i).equals("have"))
              && i <= 5;
      if (receives || toHave || asked) {
        for (int length = 2; length >= 1; length--) {
          int from = i - length;
          if (from >= 0) {
            Found found = name(words, used, from, true);
            if (found.to() == i && !found.name().isEmpty()) {
              return found;
            }
          }
        }
      }
    }
    return Found.NOBODY;
  }

  /** A name from one word on: "my sister", "uncle bob", "anna". */
  private static Found name(List<String> words, boolean[] used, int at, boolean anyDeterminer) {
    int from = at;
    boolean determined = false;
    if (words.get(from).equals("my")
        || words.get(from).equals("our")
        || words.get(from).equals("the") && anyDeterminer) {
      determined = words.get(from).equals("the");
      from++;
    }
    List<String> name = new ArrayList<>();
    int to = from;
    while (to < words.size() && name.size() < 3 && !used[to] && isName(words.get(to), name)) {
      name.add(words.get(to));
      to++;
    }
    boolean nobody =
        name.isEmpty()
            || NOBODY.contains(name.get(0))
            || determined && !FAMILY.contains(name.get(name.size() - 1));
    return nobody ? Found.NOBODY : new Found(String.join(" ", name), at, to);
  }

  private static boolean isName(String word, List<String> before) {
    if (FAMILY.contains(word)) {
      return true;
    }
    boolean afterTitle =
        before.isEmpty()
            || Set.of("uncle", "aunt", "auntie", "dr", "mr", "mrs", "ms", "miss", "cousin", "grandma",
                    "grandpa", "brother", "sister", "friend")
                .contains(before.get(before.size() - 1))
            || !FAMILY.contains(before.get(0));
    if (before.isEmpty() && PRONOUNS.contains(word)) {
      return true;
    }
    return afterTitle
        && !PRONOUNS.contains(word)
        && ImageWords.isContent(word)
        && !word.equals("whatsapp")
        && !word.equals("email")
        && !GIVING.contains(word);
  }
}
