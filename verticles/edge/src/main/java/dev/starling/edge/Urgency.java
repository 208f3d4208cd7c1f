package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code Priority} header of RFC 9218, by which clients say how much a request matters to
 * them: {@code u=0} to {@code u=7}, 3 unless they say otherwise.
 *
 * <p>They are believed when they say that it matters less than others, never that it matters more:
 * everybody would.
 */
final class Urgency {
  /** Up to here a request is as urgent as any; browsers say 0 to 3 for what is on the page. */
  private static final int USUAL = 3;

  /** From here on it is done in the background. */
  private static final int BACKGROUND = 6;

  private Urgency() {}

  /** By how many ranks a request comes after others that are worth as much. */
  static int ranks(@Nullable String priority) {
    int urgency = priority == null ? USUAL : urgency(priority);
    return urgency <= USUAL ? 0 : urgency < BACKGROUND ? 1 : 2;
  }

  /**
   * The last {@code u} of the dictionary, as RFC 8941 §3.2 has it; what is malformed says nothing.
   */
  private static int urgency(String text) {
    int found = USUAL;
    int length = text.length();
    int start = 0;
    while (start < length) {
      int end = text.indexOf(',', start);
      end = end < 0 ? length : end;
      int from = start;
      while (from < end && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
        from++;
      }
      if (text.startsWith("u=", from) && isDigitAlone(text, from + 2, end)) {
        found = text.charAt(from + 2) - '0';
      }
      start = end + 1;
    }
    return found;
  }

  private static boolean isDigitAlone(String text, int at, int end) {
    if (at >= end || text.charAt(at) < '0' || text.charAt(at) > '7') {
      return false;
    }
    char next = at + 1 < end ? text.charAt(at + 1) : ' ';
    return next == ' ' || next == '\t' || next == ';';
  }
}
