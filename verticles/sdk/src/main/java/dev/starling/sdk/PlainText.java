package dev.starling.sdk;

/** The rule for text that is stored or shown: no NUL, no half of a surrogate pair. */
final class PlainText {
  /** Enough to recognise what was sent. */
  private static final int EXCERPT_LENGTH = 200;

  private PlainText() {}

  /** The index of the first character that breaks the rule, or -1. */
  static int firstUnusable(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        return i;
      }
    }
    return -1;
  }

  /** The beginning of what a client sent, fit to be sent back to it. */
  static String excerpt(String text) {
    String head = text.length() <= EXCERPT_LENGTH ? text : text.substring(0, EXCERPT_LENGTH) + "…";
    StringBuilder clean = new StringBuilder(head);
    for (int bad = firstUnusable(clean); bad >= 0; bad = firstUnusable(clean)) {
      clean.setCharAt(bad, '\uFFFD');
    }
    return clean.toString();
  }
}
