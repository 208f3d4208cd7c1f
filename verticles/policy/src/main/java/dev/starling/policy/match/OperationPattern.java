package dev.starling.policy.match;

/**
 * Names operations by id, e.g. {@code auth.token}, or many of them with {@code *}, which stands for
 * any run of characters, dots included. Takes time in proportion to pattern × id at worst.
 */
final class OperationPattern {
  private OperationPattern() {}

  static boolean matches(String pattern, String id) {
    int p = 0;
    int i = 0;
    int star = -1;
    int retry = 0;
    while (i < id.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = i;
      } else if (p < pattern.length() && pattern.charAt(p) == id.charAt(i)) {
        p++;
        i++;
      } else if (star >= 0) {
        // Only the last star needs to give way: earlier ones have already taken the least.
        p = star + 1;
        i = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
