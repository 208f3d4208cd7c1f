package dev.starling.fusion;

/** The beginning of what a client sent, fit to be sent back to it. Without state. */
final class Excerpt {
  private static final int MOST = 80;

  private Excerpt() {}

  static String of(Object value) {
    return of(String.valueOf(value), MOST);
  }

  static String of(String text, int most) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), most) + 1);
    for (int i = 0; i < text.length() && i < most; i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && i + 1 < most
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        clean.append(c).append(text.charAt(++i));
      } else {
        clean.append(Character.isSurrogate(c) || Character.isISOControl(c) ? '\uFFFD' : c);
      }
    }
    return text.length() > most ? clean.append('…').toString() : clean.toString();
  }
}
