package dev.starling.fusion.core;

import java.util.List;
import java.util.Map;

/** Finds how bright something is to be, in percent. Pure. */
final class Levels {
  /** No level is said. */
  static final int UNSAID = -1;

  /** "A bit" of what is most often full; the core does not know how bright a light is. */
  private static final int A_BIT_DIMMER = 70;

  private static final int MUCH_DIMMER = 20;
  private static final int FULL = 100;

  private static final Map<String, Integer> TENS =
      Map.of(
          "ten", 10,
          "twenty", 20,
          "thirty", 30,
          "forty", 40,
          "fifty", 50,
          "sixty", 60,
          "seventy", 70,
          "eighty", 80,
          "ninety", 90);
  private static final Map<String, Integer> ONES =
      Map.ofEntries(
          Map.entry("zero", 0),
          Map.entry("one", 1),
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("eight", 8),
          Map.entry("nine", 9),
          Map.entry("eleven", 11),
          Map.entry("twelve", 12),
          Map.entry("fifteen", 15),
          Map.entry("eighteen", 18));

  private Levels() {}

  /** The level, or {@link #UNSAID}. */
  static int find(List<String> words) {
    int number = UNSAID;
    int at = -1;
    for (int i = 0; i < words.size(); i++) {
      int value = number(words, i);
      boolean percent = value != UNSAID && followedByPercent(words, i);
      if (value != UNSAID && (number == UNSAID || percent)) {
        number = value;
        at = i;
        if (percent) {
          break;
        }
      }
    }
    if (number == UNSAID) {
      return inWords(words);
    }
    boolean by = at > 0 && words.get(at - 1).equals("by");
    return Math.max(0, Math.min(FULL, by ? FULL - number : number));
  }

  private static int number(List<String> words, int i) {
    String word = words.get(i);
    if (word.chars().allMatch(Character::isDigit)) {
      return word.length() > 4 ? FULL : Integer.parseInt(word);
    }
    String next = i + 1 < words.size() ? words.get(i + 1) : "";
    if (TENS.containsKey(word)) {
      boolean more = ONES.containsKey(next) && ONES.get(next) > 0 && ONES.get(next) < 10;
      return TENS.get(word) + (more ? ONES.get(next) : 0);
    }
    if (word.equals("hundred")) {
      return FULL;
    }
    if (word.equals("half") || word.equals("halfway")) {
      return 50;
    }
    boolean several = i > 0 && (words.get(i - 1).equals("three") || words.get(i - 1).equals("two"));
    if (word.equals("quarter") || word.equals("quarters")) {
      return several && words.get(i - 1).equals("three") ? 75 : 25;
    }
    if (word.equals("thirds") || word.equals("third")) {
      return several ? 67 : 33;
    }
    if (ONES.containsKey(word)) {
      boolean fraction = next.equals("quarters") || next.equals("thirds") || next.equals("hundred");
      boolean before = i > 0 && TENS.containsKey(words.get(i - 1));
      boolean plain = !word.equals("one") && !word.equals("two") || next.equals("percent");
      return fraction || before || !plain ? UNSAID : ONES.get(word);
    }
    return UNSAID;
  }

  private static boolean followedByPercent(List<String> words, int i) {
    for (int j = i + 1; j <= i + 2 && j < words.size(); j++) {
      if (words.get(j).equals("percent")) {
        return true;
      }
    }
    return false;
  }

  private static int inWords(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      boolean allTheWay = i >= 3 && words.subList(i - 3, i).equals(List.of("all", "the", "way"));
      switch (words.get(i)) {
        case "full", "fully", "max", "maximum", "brightest", "highest" -> {
          return FULL;
        }
        case "minimum", "min", "lowest", "off" -> {
          return 0;
        }
        case "up" -> {
          if (allTheWay) {
            return FULL;
          }
        }
        case "down" -> {
          if (allTheWay) {
            return 0;
          }
        }
        case "medium" -> {
          return 50;
        }
        default -> {}
      }
    }
    return amount(words);
  }

  private static int amount(List<String> words) {
    if (words.contains("lot") || words.contains("way") && words.contains("down")) {
      return MUCH_DIMMER;
    }
    boolean bit =
        words.contains("abit")
            || words.contains("slightly")
            || words.contains("bit")
            || words.contains("little")
            || words.contains("touch");
    boolean up =
        words.contains("up")
            || words.contains("brighter")
            || words.contains("brighten")
            || words.contains("raise")
            || words.contains("increase");
    return bit && !up ? A_BIT_DIMMER : UNSAID;
  }
}
