package dev.starling.ratelimiter;

/**
 * Names operations by id, e.g. {@code auth.token}, or many of them with {@code *}, which stands for
 * any run of characters, dots included.
 *
 * <p>Immutable. Matching takes time proportional to pattern × route at worst.
 */
final class RoutePattern {
  private final String pattern;

  RoutePattern(String pattern) {
    this.pattern = pattern;
  }

  boolean matches(String route) {
    int p = 0;
    int r = 0;
    int star = -1;
    int retry = 0;
    while (r < route.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = r;
      } else if (p < pattern.length() && pattern.charAt(p) == route.charAt(r)) {
        p++;
        r++;
      } else if (star >= 0) {
        // Only the last star needs to give way: earlier ones have already taken the least.
        p = star + 1;
        r = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public String toString() {
    return pattern;
  }
}
