package dev.starling.edge;

/** Compares entity tags as {@code If-None-Match} wants it (RFC 9110 §13.1.2): weakly. */
final class EntityTags {
  private EntityTags() {}

  /**
   * Whether a client that sends this has what the tag stands for.
   *
   * @param ifNoneMatch {@code *} or a list of tags; what is malformed matches nothing
   * @param tag of the answer, e.g. {@code "v1"} or {@code W/"v1"}
   */
  static boolean matches(String ifNoneMatch, String tag) {
    if (ifNoneMatch.trim().equals("*")) {
      return true;
    }
    String wanted = opaque(tag);
    int from = 0;
    while (true) {
      int open = ifNoneMatch.indexOf('"', from);
      int close = open < 0 ? -1 : ifNoneMatch.indexOf('"', open + 1);
      if (close < 0) {
        return false;
      }
      if (close + 1 - open == wanted.length() && ifNoneMatch.startsWith(wanted, open)) {
        return true;
      }
      from = close + 1;
    }
  }

  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
