package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kind of thing is said of a picture, and the plain words that {@link ReferenceWords} reads it
 * from. Slots are filled with what was said: a colour, a day, an ordinal.
 */
enum PictureKind {
  JUST_TOOK("the picture i just took"),
  BEFORE_LAST("the picture before the last one"),
  ONE_BEFORE("the one before that"),
  THIS_MORNING("the picture from this morning"),
  AT_NOON("the picture from noon"),
  THIS_AFTERNOON("the picture from this afternoon"),
  LAST_NIGHT("the picture from last night"),
  YESTERDAY_MORNING("the picture from yesterday morning"),
  YESTERDAY_AFTERNOON("the picture from yesterday afternoon"),
  YESTERDAY("the picture from yesterday"),
  TWO_DAYS_AGO("the picture from two days ago"),
  THREE_DAYS_AGO("the picture from three days ago"),
  WEEKDAY("the picture from last {weekday}"),
  HOUR_AGO("the picture from an hour ago"),
  TWO_HOURS_AGO("the picture from two hours ago"),
  HALF_HOUR_AGO("the picture from half an hour ago"),
  TEN_MINUTES_AGO("the picture from ten minutes ago"),
  SOURCE("the picture"),
  SOURCE_LATEST("the latest picture"),
  COLOR("the {color} one"),
  SCREENSHOT("the screenshot"),
  NOT_SCREENSHOT("the last photo not the screenshot"),
  ORDINAL_TODAY("the {ordinal} picture from today"),
  ORDINAL_YESTERDAY("the {ordinal} picture from yesterday"),
  ORDINAL_BURST("the {ordinal} one"),
  PRONOUN("that one"),
  VIEWED("the picture i am looking at"),
  /** The later of two. */
  NEWER("the newer one"),
  OLDER("the older one"),
  /** What is on it, in words of its own. */
  SHOWN(""),
  /** Anything else. */
  OTHER("");

  private static final Map<String, String> ORDINALS =
      Map.ofEntries(
          Map.entry("one", "first"),
          Map.entry("1", "first"),
          Map.entry("1st", "first"),
          Map.entry("two", "second"),
          Map.entry("2", "second"),
          Map.entry("2nd", "second"),
          Map.entry("three", "third"),
          Map.entry("3", "third"),
          Map.entry("3rd", "third"),
          Map.entry("four", "fourth"),
          Map.entry("4", "fourth"),
          Map.entry("4th", "fourth"),
          Map.entry("five", "fifth"),
          Map.entry("5", "fifth"),
          Map.entry("5th", "fifth"));

  private final String plain;

  PictureKind(String plain) {
    this.plain = plain;
  }

  /** Its name in wording. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Plain words; null when it has none of its own, or what they need was not said.
   *
   * @param said of the picture
   */
  @Nullable List<String> plainly(List<String> said) {
    if (plain.isEmpty()) {
      return null;
    }
    List<String> words = new ArrayList<>();
    for (String word : plain.split(" ", -1)) {
      String filled =
          switch (word) {
            case "{weekday}" -> said.stream().filter(PictureKind::isWeekday).findFirst().orElse("");
            case "{color}" ->
                said.stream().filter(one -> Colors.named(one) != null).findFirst().orElse("");
            case "{ordinal}" -> ordinal(said);
            default -> word;
          };
      if (filled.isEmpty()) {
        return null;
      }
      words.add(filled);
    }
    return words;
  }

  static boolean isWeekday(String word) {
    String day = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
    return TimeWords.isWeekday(day);
  }

  static boolean isOrdinal(String word) {
    return ORDINALS.containsKey(word) || ORDINALS.containsValue(word);
  }

  /** The kind that counts, when a place in a row is said as well: "picture two from just now". */
  PictureKind counted(List<String> said) {
    boolean counts = false;
    for (int i = 0; i < said.size(); i++) {
      String word = said.get(i);
      boolean second = word.equals("second") || word.equals("2nd");
      boolean ordinal = ORDINALS.containsValue(word) && !second;
      boolean named =
          i > 0
              && ORDINALS.containsKey(word)
              && (said.get(i - 1).equals("number")
                  || ImageWords.isNoun(said.get(i - 1)) && !said.get(i - 1).equals("one"));
      counts |= ordinal || named;
    }
    if (!counts) {
      return this;
    }
    return switch (this) {
      case JUST_TOOK -> ORDINAL_BURST;
      case YESTERDAY -> ORDINAL_YESTERDAY;
      default -> this;
    };
  }

  /** An ordinal says it better than a number, which may be the word "one". */
  private static String ordinal(List<String> said) {
    for (String word : said) {
      if (ORDINALS.containsValue(word)) {
        return word;
      }
    }
    String number = "";
    for (int i = 0; i < said.size(); i++) {
      boolean last = i + 1 == said.size();
      boolean counted =
          i > 0
              && (said.get(i - 1).equals("number")
                  || ImageWords.isNoun(said.get(i - 1)) && !said.get(i - 1).equals("one")
                  || last);
      String ordinal = ORDINALS.getOrDefault(said.get(i), "");
      if (!ordinal.isEmpty() && (counted || number.isEmpty() && !said.get(i).equals("one"))) {
        number = ordinal;
      }
    }
    return number;
  }
}
