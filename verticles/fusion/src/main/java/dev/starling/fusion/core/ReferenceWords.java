package dev.starling.fusion.core;

import dev.starling.fusion.core.Reference.Look;
import dev.starling.fusion.core.Reference.Noun;
import dev.starling.fusion.core.Reference.Pointing;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds what words say of a picture, once devices and arguments were found in them. Confined to one
 * parse.
 */
final class ReferenceWords {
  private static final Map<String, Integer> ORDINALS =
      Map.ofEntries(
          Map.entry("first", 1),
          Map.entry("1st", 1),
          Map.entry("second", 2),
          Map.entry("2nd", 2),
          Map.entry("third", 3),
          Map.entry("3rd", 3),
          Map.entry("fourth", 4),
          Map.entry("4th", 4),
          Map.entry("fifth", 5),
          Map.entry("5th", 5),
          Map.entry("sixth", 6),
          Map.entry("6th", 6));

  private static final Map<String, Integer> COUNTS =
      Map.ofEntries(
          Map.entry("one", 1),
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("1", 1),
          Map.entry("2", 2),
          Map.entry("3", 3),
          Map.entry("4", 4),
          Map.entry("5", 5),
          Map.entry("6", 6));

  /** "photo two of them", "picture one from the burst" */
  private static final Set<String> COUNTED = Set.of("of", "from", "in", "out");

  private static final Map<String, Look> LOOKS =
      Map.ofEntries(
          Map.entry("dark", Look.DARK),
          Map.entry("darker", Look.DARK),
          Map.entry("darkest", Look.DARK),
          Map.entry("dim", Look.DARK),
          Map.entry("gloomy", Look.DARK),
          Map.entry("underexposed", Look.DARK),
          Map.entry("bright", Look.BRIGHT),
          Map.entry("brighter", Look.BRIGHT),
          Map.entry("brightest", Look.BRIGHT),
          Map.entry("light", Look.BRIGHT),
          Map.entry("lighter", Look.BRIGHT),
          Map.entry("overexposed", Look.BRIGHT),
          Map.entry("blurry", Look.BLURRY),
          Map.entry("blurred", Look.BLURRY),
          Map.entry("blurrier", Look.BLURRY),
          Map.entry("blurriest", Look.BLURRY),
          Map.entry("fuzzy", Look.BLURRY),
          Map.entry("unsharp", Look.BLURRY),
          Map.entry("shaky", Look.BLURRY),
          Map.entry("unfocused", Look.BLURRY),
          Map.entry("sharp", Look.SHARP),
          Map.entry("sharper", Look.SHARP),
          Map.entry("sharpest", Look.SHARP),
          Map.entry("crisp", Look.SHARP),
          Map.entry("clear", Look.SHARP),
          Map.entry("focused", Look.SHARP),
          Map.entry("portrait", Look.UPRIGHT),
          Map.entry("vertical", Look.UPRIGHT),
          Map.entry("upright", Look.UPRIGHT),
          Map.entry("tall", Look.UPRIGHT),
          Map.entry("landscape", Look.WIDE),
          Map.entry("horizontal", Look.WIDE),
          Map.entry("wide", Look.WIDE),
          Map.entry("widescreen", Look.WIDE),
          Map.entry("sideways", Look.WIDE),
          Map.entry("monochrome", Look.MONOCHROME));

  private static final Set<String> PLURAL_POINTERS =
      Set.of("them", "these", "those", "both", "all", "everything");

  /** What was done to a picture that was spoken of: "the one you just printed". */
  private static final Set<String> DONE =
      Set.of("printed", "sent", "shared", "showed", "displayed", "favorited", "starred", "liked");

  private final List<String> words;
  private final boolean[] used;
  private final int lead;

  private int order;
  private Pointing pointing = Pointing.NOT;
  private final List<String> content = new ArrayList<>();
  private final List<String> loose = new ArrayList<>();
  private final SortedSet<String> colors = new TreeSet<>();
  private final SortedSet<Look> looks = new TreeSet<>();
  private Noun noun = Noun.UNSAID;
  private boolean plural;
  private boolean singularNoun;
  private boolean pluralNoun;
  private int it = -1;
  private boolean taken;
  private boolean notTheLast;
  private boolean notScreenshot;
  private boolean notPhoto;
  private int of;

  private ReferenceWords(List<String> words, boolean[] used) {
    this.words = words;
    this.used = used;
    this.lead = TextFeatures.lead(words);
  }

  /**
   * What is said of a picture.
   *
   * @param used the words that mean something else; those that were understood are added
   */
  static Reference find(List<String> words, boolean[] used, long nowMillis, ZoneId zone) {
    ReferenceWords found = new ReferenceWords(words, used);
    found.contrasts();
    found.orders();
    When when = TimeWords.find(words, used, nowMillis, zone);
    found.points();
    found.looks();
    found.contents();
    return found.reference(when);
  }

  private Reference reference(When when) {
    // "add it to my photos" is about one.
    boolean one = singularNoun || pointing != Pointing.NOT || order != 0 || when.latest();
    plural = plural || pluralNoun && !one;
    boolean photo = notScreenshot && noun != Noun.SCREENSHOT;
    boolean screenshot = notPhoto && noun != Noun.PHOTO;
    Noun called = photo ? Noun.PHOTO : screenshot ? Noun.SCREENSHOT : noun;
    return new Reference(
        when,
        order,
        of,
        pointing,
        content,
        loose,
        colors,
        looks,
        called,
        plural,
        taken,
        notTheLast,
        "");
  }

  private String word(int at) {
    return at >= 0 && at < words.size() ? words.get(at) : "";
  }

  private void use(int from, int to) {
    for (int i = Math.max(0, from); i < Math.min(to, used.length); i++) {
      used[i] = true;
    }
  }

  /** "not the screenshot, the photo": what is denied says nothing of what is meant. */
  private void contrasts() {
    for (int i = 0; i < words.size(); i++) {
      if (!word(i).equals("not") || word(i - 1).equals("do") || word(i - 1).equals("does")) {
        continue;
      }
      String denied = word(i + 1);
      int end = i + 1;
      if (denied.equals("that") || denied.equals("this") || denied.equals("it")) {
        notTheLast = true;
        end = word(i + 2).equals("one") ? i + 3 : i + 2;
      } else if (ImageWords.DETERMINERS.contains(denied)) {
        end = i + 2;
        while (end < words.size()
            && !ImageWords.DETERMINERS.contains(word(end))
            && !word(end).equals("but")
            && !word(end).equals("i")) {
          end++;
        }
      }
      for (int j = i; j < Math.min(end, words.size()); j++) {
        notScreenshot |= word(j).startsWith("screenshot");
        notPhoto |= word(j).equals("photo") || word(j).equals("photograph");
      }
      use(i, end);
    }
  }

  private void orders() {
    for (int i = 0; i < words.size(); i++) {
      Integer ordinal = ORDINALS.get(word(i));
      if (ordinal != null && !used[i] && isOrdinal(i)) {
        order = ordinal;
        use(i, i + 1);
        countedOf(i);
      }
      boolean number =
          word(i).equals("number")
              || word(i).equals("option")
              || order == 0
                  && ImageWords.NOUNS.contains(word(i))
                  && !word(i).equals("one")
                  && COUNTED.contains(word(i + 2));
      if (number && COUNTS.containsKey(word(i + 1))) {
        order = COUNTS.get(word(i + 1));
        use(ImageWords.NOUNS.contains(word(i)) ? i + 1 : i, i + 2);
        countedOf(i + 1);
      }
      boolean last = word(i).equals("last") || word(i).equals("latest") || word(i).equals("first");
      if (last && !used[i] && (isCount(word(i + 1)) || ImageWords.PLURALS.contains(word(i + 1)))) {
        plural = true;
        use(i, i + 2);
      }
    }
  }

  /** "the third of the four", "the second of the last three photos" */
  private void countedOf(int i) {
    int at = i + 1;
    while (ImageWords.isNoun(word(at)) && !COUNTS.containsKey(word(at)) || word(at).equals("one")) {
      at++;
    }
    if (!word(at).equals("of") && !word(at).equals("out")) {
      return;
    }
    for (int j = at + 1; j < Math.min(words.size(), at + 6); j++) {
      if (isCount(word(j)) && COUNTS.containsKey(word(j))) {
        of = COUNTS.get(word(j));
        boolean last = word(j - 1).equals("last") || word(j - 1).equals("latest");
        use(last ? j - 1 : j, j + 1);
        return;
      }
    }
  }

  private static boolean isCount(String word) {
    return COUNTS.containsKey(word) && !word.equals("one") && !word.equals("1")
        || word.equals("few")
        || word.equals("couple");
  }

  private static boolean isDoer(String before, String twoBefore) {
    boolean adverb = before.equals("just") || before.equals("already");
    String doer = adverb ? twoBefore : before;
    return doer.equals("i") || doer.equals("you") || doer.equals("we");
  }

  /** Not "a second ago", "second to last" or "first delete it". */
  private boolean isOrdinal(int i) {
    String next = word(i + 1);
    boolean toLast = (next.equals("to") || next.equals("from")) && word(i + 2).equals("last");
    boolean second = word(i).equals("second") && (word(i - 1).equals("a") || next.equals("ago"));
    if (toLast || second) {
      return false;
    }
    boolean fromTheEnd =
        next.equals("last")
            || next.equals("latest")
            || next.equals("newest")
            || next.equals("most") && word(i + 2).equals("recent");
    if (fromTheEnd) {
      return false;
    }
    String done = word(i - 1);
    boolean came =
        TAKEN.contains(done)
            || done.equals("came")
            || done.equals("captured")
            || done.equals("made");
    boolean determined = ImageWords.DETERMINERS.contains(word(i - 1)) || word(i - 1).equals("very");
    boolean of = next.equals("of") && !word(i).equals("second") || next.equals("of") && i > lead;
    return determined || came || of || ImageWords.isNoun(next) || words.size() <= 2;
  }

  private void points() {
    for (int i = 0; i < words.size(); i++) {
      if (used[i]) {
        continue;
      }
      String word = word(i);
      String next = word(i + 1);
      if (ofScreen(i)) {
        noun = Noun.SCREENSHOT;
        used[i] = true;
      } else if (ImageWords.NOUNS.contains(word)) {
        name(word);
        singularNoun = true;
      } else if (ImageWords.PLURALS.contains(word) && isContainer(i)) {
        used[i] = true;
      } else if (ImageWords.PLURALS.contains(word)) {
        name(word);
        // "the second of the photos" is one.
        pluralNoun = pluralNoun || order == 0 && !isOneOf(i);
      } else if (DONE.contains(word) && i > 0 && isDoer(word(i - 1), word(i - 2))) {
        pointing = Pointing.SAME;
      } else if (isPlural(i)) {
        plural = plural || !word.equals("all") || next.equals("of") || next.startsWith("thes");
      } else if (TAKEN.contains(word) && i > lead) {
        taken = true;
      } else if (word.equals("camera")) {
        camera(i);
      } else if (Viewing.at(words, i)) {
        pointing = Pointing.VIEWED;
        used[i] = true;
      } else if ((word.equals("other") || word.equals("another")) && !next.equals("day")) {
        pointing = Pointing.OTHER;
      } else if (word.equals("same")) {
        pointing = Pointing.SAME;
      } else if (word.equals("it")) {
        if (pointing == Pointing.NOT && !isWeatherLike(i)) {
          pointing = Pointing.IT;
          it = i;
        }
      } else if (word.equals("this") || word.equals("that")) {
        point(i, word);
      }
    }
  }

  /** Not in "show them the photo" or "one of them". */
  private boolean isPlural(int i) {
    boolean people = word(i).equals("them") && ImageWords.DETERMINERS.contains(word(i + 1));
    boolean where =
        word(i).equals("everything") && (word(i - 1).equals("where") || word(i + 1).equals("is"));
    return PLURAL_POINTERS.contains(word(i)) && !where && !people && order == 0 && !isOneOf(i);
  }

  /** "to my favorite photos", "from my pictures" */
  private boolean isContainer(int i) {
    int before = i - 1;
    while (ImageWords.isAdjective(word(before)) || word(before).equals("favorite")) {
      before--;
    }
    boolean own = word(before).equals("my") || word(before).equals("our");
    String preposition = word(before - 1);
    return own
        && (preposition.equals("to")
            || preposition.equals("in")
            || preposition.equals("into")
            || preposition.equals("from")
            || preposition.equals("with")
            || preposition.equals("of")
            || preposition.equals("among"));
  }

  private static final Set<String> TAKEN =
      Set.of("took", "taken", "shot", "snapped", "photographed", "clicked");

  /** "what the camera took", "the camera picture"; "from my camera roll" says nothing. */
  private void camera(int i) {
    used[i] = true;
    boolean roll = word(i + 1).equals("roll");
    if (roll) {
      use(i, i + 2);
    } else if (noun != Noun.SCREENSHOT) {
      noun = Noun.PHOTO;
      taken = true;
    }
  }

  /** "the picture of my screen", "what i captured of the screen" */
  private boolean ofScreen(int i) {
    if (!word(i).equals("screen") && !word(i).equals("display")) {
      return false;
    }
    int before = i - 1;
    while (ImageWords.DETERMINERS.contains(word(before))
        || word(before).equals("phone")
        || word(before).equals("tablet")
        || word(before).equals("'s")) {
      before--;
    }
    boolean of = word(before).equals("of") || word(before).equals("from");
    String what = word(before - 1);
    return of
        && (ImageWords.NOUNS.contains(what)
            || what.equals("captured")
            || what.equals("grabbed")
            || what.equals("took")
            || what.equals("grab"));
  }

  private void name(String word) {
    if (word.startsWith("screenshot")) {
      noun = Noun.SCREENSHOT;
    } else if (noun != Noun.SCREENSHOT) {
      boolean photo =
          word.startsWith("photo")
              || word.startsWith("shot")
              || word.startsWith("snap")
              || word.startsWith("selfie");
      noun = photo ? Noun.PHOTO : noun == Noun.PHOTO ? noun : Noun.ANY;
    }
    if (word.startsWith("selfie")) {
      content.add("selfie");
    }
  }

  /** "the first of them", "one of those pictures" */
  private boolean isOneOf(int i) {
    for (int j = i - 1; j >= Math.max(0, i - 3); j--) {
      if (word(j).equals("of")) {
        return ORDINALS.containsKey(word(j - 1))
            || word(j - 1).equals("one")
            || word(j - 1).equals("last")
            || word(j - 1).equals("latest")
            || word(j - 1).equals("newest")
            || word(j - 1).equals("oldest");
      }
    }
    return false;
  }

  /** "it is too bright in here" is about nothing. */
  private boolean isWeatherLike(int i) {
    return word(i + 1).equals("is") && (word(i + 2).equals("too") || word(i + 2).equals("so"));
  }

  private void point(int i, String word) {
    String next = word(i + 1);
    // "the photo that i took", "that is on my phone"
    boolean relative =
        word.equals("that")
            && i > 0
            && i + 1 < words.size()
            && (ImageWords.isNoun(word(i - 1))
                || i - 1 > lead && ImageWords.isContent(word(i - 1)));
    boolean content = ImageWords.isContent(next) && !used[Math.min(i + 1, used.length - 1)];
    boolean ofDay = next.equals("'s");
    if (relative || content || ofDay) {
      return;
    }
    Pointing points = word.equals("this") ? Pointing.THIS : Pointing.THAT;
    if (pointing == Pointing.NOT || pointing == Pointing.IT) {
      it = -1;
      pointing = points;
    }
  }

  private void looks() {
    for (int i = 0; i < words.size(); i++) {
      if (used[i]) {
        continue;
      }
      String word = word(i);
      String color = Colors.named(word);
      if (color != null && !(color.equals("white") && word(i - 1).equals("and"))) {
        boolean monochrome =
            color.equals("black") && word(i + 1).equals("and") && word(i + 2).equals("white");
        // "print it in black and white" is about paper.
        boolean how = word(i - 1).equals("in") && prints() && (monochrome || !ofImage(i - 2));
        if (monochrome && !how) {
          looks.add(Look.MONOCHROME);
        } else if (!how) {
          colors.add(color);
        }
        used[i] = true;
      } else if (LOOKS.containsKey(word) && isLook(i)) {
        looks.add(LOOKS.get(word));
        used[i] = true;
      } else if (word.equals("focus") && word(i - 1).equals("of") && word(i - 2).equals("out")) {
        looks.add(Look.BLURRY);
        use(i - 2, i + 1);
      } else if (word.equals("focus") && word(i - 1).equals("in")) {
        looks.add(Look.SHARP);
        use(i - 1, i + 1);
      }
    }
  }

  /** "the one mostly in blue"; not "print it in blue" */
  private boolean ofImage(int at) {
    for (int j = at; j >= Math.max(0, at - 4); j--) {
      if (ImageWords.isNoun(word(j))) {
        return true;
      }
      if (word(j).equals("it")) {
        return false;
      }
    }
    return false;
  }

  private boolean prints() {
    return words.stream().anyMatch(word -> Concepts.of(word).equals("#print"));
  }

  /** "the dark one", "the one that is too dark"; not "clear the screen" or "make it darker". */
  private boolean isLook(int i) {
    int next = i + 1;
    while (ImageWords.isAdjective(word(next)) || Colors.named(word(next)) != null) {
      next++;
    }
    boolean attributive =
        ImageWords.isNoun(word(next)) || ImageWords.isContent(word(next)) && i > lead;
    boolean determined = ImageWords.DETERMINERS.contains(word(i - 1));
    boolean predicative = false;
    for (int j = i - 1; j >= Math.max(0, i - 4); j--) {
      predicative |= word(j).equals("is") || word(j).equals("'s") || word(j).equals("looks");
    }
    boolean ofImage = false;
    for (int j = 0; j < i; j++) {
      ofImage |= ImageWords.isNoun(word(j));
    }
    return i > 0 && (attributive && (determined || i > lead))
        || determined && next >= words.size()
        || predicative && ofImage;
  }

  private void contents() {
    boolean named = noun != Noun.UNSAID;
    boolean pointed = pointing != Pointing.NOT;
    int at = 0;
    while (at < words.size()) {
      if (used[at] || !ImageWords.isContent(word(at))) {
        at++;
        continue;
      }
      int end = at;
      while (end < words.size() && !used[end] && ImageWords.isContent(word(end))) {
        end++;
      }
      // "the dog and the cat", "grandma's cake"
      boolean verb = at == lead && end == at + 1 && !ImageWords.isNoun(word(end));
      boolean beforeNoun =
          ImageWords.isNoun(word(end)) || word(end).equals("'s") && followedByNoun(end + 1);
      boolean afterNoun = showsContent(at);
      // "i like the cake, print it"
      boolean before = pointing == Pointing.IT && at < it;
      boolean headless = !named && (!pointed || before) && determined(at);
      List<String> to = verb && !headless ? null : loose;
      if ((beforeNoun && !(at == lead && end - at == 1 && lead + 1 < words.size() && verb))
          || afterNoun
          || headless) {
        to = content;
      }
      if (to != null) {
        to.addAll(words.subList(at, end));
      }
      at = end;
    }
  }

  private boolean followedByNoun(int at) {
    int next = at;
    while (next < words.size() && (used[next] || ImageWords.isAdjective(word(next)))) {
      next++;
    }
    return ImageWords.isNoun(word(next));
  }

  private boolean determined(int at) {
    int before = at - 1;
    while (before >= 0
        && (used[before]
                && (Colors.named(word(before)) != null || ORDINALS.containsKey(word(before)))
            || ImageWords.isAdjective(word(before)))) {
      before--;
    }
    return ImageWords.DETERMINERS.contains(word(before))
        || word(before).equals("'s")
        || word(before).equals("some");
  }

  /** These stand between things on a picture as well as before the first of them. */
  private static boolean isAround(String word) {
    return word.equals("near")
        || word.equals("by")
        || word.equals("under")
        || word.equals("in")
        || word.equals("at")
        || word.equals("behind")
        || word.equals("from");
  }

  /** What may stand between words that tell what is on a picture. */
  private static final Set<String> DESCRIBING =
      Set.of(
          "had",
          "have",
          "went",
          "got",
          "around",
          "over",
          "under",
          "near",
          "by",
          "at",
          "in",
          "all",
          "us",
          "me",
          "they",
          "he",
          "she",
          "it",
          "was",
          "were",
          "through",
          "behind",
          "of",
          "with",
          "full",
          "into",
          "off",
          "from",
          "being",
          "having",
          "two",
          "three",
          "next",
          "who",
          "which",
          "looks",
          "like",
          "for",
          "light",
          "dark",
          "bright",
          "everyone",
          "someone",
          "something",
          "there",
          "you",
          "between",
          "out",
          "up",
          "down",
          "going",
          "coming",
          "sitting",
          "no",
          "and",
          "a",
          "an",
          "both",
          "many");

  /** "the photo of the big dog", "the one with anna", "the one where we are on the beach" */
  private boolean showsContent(int at) {
    int before = at - 1;
    int skipped = 0;
    while (before >= 0 && skipped < 10) {
      String word = word(before);
      if (ImageWords.SHOWING.contains(word)
          && !(isAround(word) && !ImageWords.isNoun(word(before - 1)))) {
        int noun = before - 1;
        while (noun >= 0
            && (word(noun).equals("that")
                || word(noun).equals("which")
                || word(noun).equals("i")
                || word(noun).equals("we")
                || word(noun).equals("me")
                || word(noun).equals("took")
                || word(noun).equals("made")
                || word(noun).equals("just")
                || used[noun] && !ImageWords.isNoun(word(noun)))) {
          noun--;
        }
        return ImageWords.isNoun(word(noun));
      }
      boolean light =
          ImageWords.DETERMINERS.contains(word)
              || ImageWords.isAdjective(word)
              || Colors.named(word) != null
              || word.equals("'s")
              || word.equals("and")
              || word.equals("on")
              || word.equals("we")
              || word.equals("are")
              || word.equals("is")
              || word.equals("i")
              || word.equals("am")
              || word.equals("some")
              || DESCRIBING.contains(word)
              || ImageWords.isContent(word) && !used[before];
      if (!light) {
        return false;
      }
      before--;
      skipped++;
    }
    return false;
  }
}
