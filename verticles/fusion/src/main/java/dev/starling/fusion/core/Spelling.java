package dev.starling.fusion.core;

import java.util.List;
import java.util.Locale;

/**
 * Words back to how they were written: "hip hop" was "hip-hop", and "co worker" was "co-worker".
 * Pure.
 */
final class Spelling {
  /** More signs than this between two letters, and they are not of one name. */
  private static final int MOST_BETWEEN = 2;

  private Spelling() {}

  /**
   * What a text says where it has these words, in lower case and with single blanks; the words
   * themselves, joined, when it does not have them like that.
   */
  static String of(String text, List<String> words) {
    StringBuilder letters = new StringBuilder();
    for (String word : words) {
      letters.append(word.replace("'", ""));
    }
    String lower = text.toLowerCase(Locale.ROOT);
    for (int from = 0; from < lower.length() && !letters.isEmpty(); from++) {
      boolean begins = from == 0 || !Character.isLetterOrDigit(lower.charAt(from - 1));
      int to = begins ? end(lower, from, letters) : -1;
      if (to > 0) {
        return lower.substring(from, to).replace('\u2019', '\'').replaceAll("\\s+", " ");
      }
    }
    return Words.joined(words);
  }

  /** Where the letters end that begin here; -1 when others are there. */
  private static int end(String text, int from, CharSequence letters) {
    int at = 0;
    int between = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isLetterOrDigit(c)) {
        between++;
        if (i == from || between > MOST_BETWEEN || c == ',' || c == ';') {
          return -1;
        }
        continue;
      }
      between = 0;
      if (c != letters.charAt(at)) {
        return -1;
      }
      at++;
      if (at == letters.length()) {
        boolean ends = i + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(i + 1));
        return ends ? i + 1 : -1;
      }
    }
    return -1;
  }
}
