package dev.starling.fusion.core;

import java.util.List;
import java.util.Set;

/**
 * Parts of what was said: "don't delete it, print it" bans one thing and commands another. Pure.
 */
final class Clauses {
  private static final Set<String> TURNS = Set.of("just", "instead", "rather", "but");

  private Clauses() {}

  /** What is commanded after something was banned; empty when nothing was, or nothing is. */
  static String afterBan(String text) {
    List<String> words = Words.of(text);
    if (!isBan(words)) {
      return "";
    }
    int comma = comma(text);
    if (comma >= 0 && isBan(Words.of(text.substring(0, comma)))) {
      return told(Words.of(text.substring(comma + 1)));
    }
    for (int i = TextFeatures.lead(words) + 2; i < words.size(); i++) {
      if (TURNS.contains(words.get(i))) {
        return told(words.subList(i + 1, words.size()));
      }
    }
    return "";
  }

  private static final Set<String> PHRASE =
      Set.of(
          "the", "that", "this", "my", "on", "in", "from", "to", "at", "with", "for", "number",
          "not", "first", "second", "third", "last", "both", "same", "other", "it");

  /** Whether it begins like a part of a sentence: "the red one", "on the tablet". */
  static boolean isPhrase(List<String> words) {
    int lead = TextFeatures.lead(words);
    return words.size() - lead <= 1 || PHRASE.contains(words.get(lead));
  }

  /**
   * The last clause, when what comes before it neither supposes nor bans: "that one is awful,
   * delete it". Empty when there is only one.
   */
  static String last(String text) {
    for (int i = text.length() - 2; i > 0; i--) {
      char c = text.charAt(i);
      if (c == ',' || c == ';' || c == '!' || c == '?' || c == '.' && text.charAt(i + 1) == ' ') {
        List<String> before = Words.of(text.substring(0, i));
        List<String> after = Words.of(text.substring(i + 1));
        boolean talk = before.size() >= 2 && after.size() >= 2 && !leads(before);
        return talk && !Mood.isNoCommand(after) ? text.substring(i + 1).strip() : "";
      }
    }
    return "";
  }

  private static boolean leads(List<String> before) {
    for (String trait : Mood.of(before, TextFeatures.lead(before))) {
      if (trait.equals("supposes") || trait.equals("forbids") || trait.equals("reminds")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBan(List<String> words) {
    int lead = TextFeatures.lead(words);
    boolean doNot =
        lead + 1 < words.size()
            && words.get(lead).equals("do")
            && words.get(lead + 1).equals("not");
    // "do not keep it, delete it" is one command, said twice.
    boolean keeps = lead + 2 < words.size() && words.get(lead + 2).equals("keep");
    return doNot && !keeps;
  }

  private static int comma(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',' || c == ';' || c == '.' || c == '!') {
        return i;
      }
    }
    return -1;
  }

  /** At least a verb and something to do it with. */
  private static String told(List<String> words) {
    return words.size() >= 2 ? String.join(" ", words) : "";
  }
}
