package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The words of what was said: lower case, without punctuation, contractions written out, spellings
 * and common mishearings made one. Immutable, as are the lists that it gives.
 */
final class Words {
  /** What a recogniser or a keyboard writes in two words. */
  private static final Map<String, String> PAIRS =
      Map.ofEntries(
          Map.entry("wall paper", "wallpaper"),
          Map.entry("back ground", "background"),
          Map.entry("back drop", "backdrop"),
          Map.entry("screen shot", "screenshot"),
          Map.entry("screen grab", "screenshot"),
          Map.entry("screen capture", "screenshot"),
          Map.entry("screen cap", "screenshot"),
          Map.entry("screen snap", "screenshot"),
          Map.entry("screen print", "screenshot"),
          Map.entry("screen image", "screenshot"),
          Map.entry("screen picture", "screenshot"),
          Map.entry("screen photo", "screenshot"),
          Map.entry("screen shots", "screenshots"),
          Map.entry("screen grabs", "screenshots"),
          Map.entry("screen captures", "screenshots"),
          Map.entry("tee vee", "tv"),
          Map.entry("t v", "tv"),
          Map.entry("lock screen", "lockscreen"),
          Map.entry("home screen", "homescreen"),
          Map.entry("start screen", "homescreen"),
          Map.entry("smart phone", "phone"),
          Map.entry("cell phone", "phone"),
          Map.entry("mobile phone", "phone"),
          Map.entry("bed room", "bedroom"),
          Map.entry("bath room", "bathroom"),
          Map.entry("per cent", "percent"),
          Map.entry("foe toe", "photo"),
          Map.entry("print out", "printout"),
          Map.entry("a bit", "abit"),
          Map.entry("a little", "abit"),
          Map.entry("favor it", "favorite"),
          Map.entry("tab let", "tablet"),
          Map.entry("pick sure", "picture"),
          Map.entry("black white", "monochrome"));

  /** Verbs that commands begin with, as they are misheard before what they are done to. */
  private static final Map<String, String> LEADS =
      Map.ofEntries(
          Map.entry("lead", "delete"),
          Map.entry("leet", "delete"),
          Map.entry("sand", "send"),
          Map.entry("scent", "send"),
          Map.entry("cent", "send"),
          Map.entry("sent", "send"),
          Map.entry("rint", "print"),
          Map.entry("brent", "print"),
          Map.entry("sprint", "print"),
          Map.entry("prints", "print"),
          Map.entry("them", "dim"),
          Map.entry("din", "dim"),
          Map.entry("shoe", "show"));

  private static final Set<String> OBJECTS =
      Set.of("the", "it", "this", "that", "my", "me", "these");

  /** Spellings, mishearings and contractions, each with what is meant; several words at most. */
  private static final Map<String, String> SINGLES =
      Map.ofEntries(
          Map.entry("colour", "color"),
          Map.entry("colours", "colors"),
          Map.entry("coloured", "colored"),
          Map.entry("favourite", "favorite"),
          Map.entry("favourites", "favorites"),
          Map.entry("faves", "favorites"),
          Map.entry("fave", "favorite"),
          Map.entry("favs", "favorites"),
          Map.entry("fav", "favorite"),
          Map.entry("grey", "gray"),
          Map.entry("television", "tv"),
          Map.entry("televisions", "tvs"),
          Map.entry("tele", "telly"),
          Map.entry("teevee", "tv"),
          Map.entry("foto", "photo"),
          Map.entry("fotos", "photos"),
          Map.entry("fhoto", "photo"),
          Map.entry("pitcher", "picture"),
          Map.entry("pitchers", "pictures"),
          Map.entry("pictcher", "picture"),
          Map.entry("picher", "picture"),
          Map.entry("tuck", "took"),
          Map.entry("tooked", "took"),
          Map.entry("prince", "print"),
          Map.entry("prent", "print"),
          Map.entry("dilete", "delete"),
          Map.entry("delet", "delete"),
          Map.entry("dem", "dim"),
          Map.entry("tablits", "tablets"),
          Map.entry("tablit", "tablet"),
          Map.entry("bedrom", "bedroom"),
          Map.entry("kichen", "kitchen"),
          Map.entry("resept", "receipt"),
          Map.entry("reciept", "receipt"),
          Map.entry("receit", "receipt"),
          Map.entry("wonna", "want to"),
          Map.entry("wanna", "want to"),
          Map.entry("gonna", "going to"),
          Map.entry("gotta", "got to"),
          Map.entry("gimme", "give me"),
          Map.entry("lemme", "let me"),
          Map.entry("cause", "because"),
          Map.entry("pls", "please"),
          Map.entry("plz", "please"),
          Map.entry("thx", "thanks"),
          Map.entry("ur", "your"),
          Map.entry("u", "you"),
          Map.entry("dont", "do not"),
          Map.entry("doesnt", "does not"),
          Map.entry("didnt", "did not"),
          Map.entry("cant", "can not"),
          Map.entry("cannot", "can not"),
          Map.entry("wont", "will not"),
          Map.entry("isnt", "is not"),
          Map.entry("shouldnt", "should not"),
          Map.entry("wouldnt", "would not"),
          Map.entry("im", "i am"),
          Map.entry("ive", "i have"),
          Map.entry("id", "i would"),
          Map.entry("lets", "let us"),
          Map.entry("whats", "what 's"),
          Map.entry("wheres", "where 's"),
          Map.entry("thats", "that 's"),
          Map.entry("yesterdays", "yesterday 's"),
          Map.entry("todays", "today 's"),
          Map.entry("can't", "can not"),
          Map.entry("won't", "will not"),
          Map.entry("let's", "let us"),
          Map.entry("it's", "it is"),
          Map.entry("nevermind", "never mind"),
          Map.entry("screencap", "screenshot"),
          Map.entry("screengrab", "screenshot"),
          Map.entry("screencapture", "screenshot"),
          Map.entry("screenie", "screenshot"),
          Map.entry("pics", "pictures"),
          Map.entry("pix", "pictures"));

  private static final Set<String> FILLERS =
      Set.of("um", "uh", "uhm", "uhh", "umm", "er", "erm", "ehm", "hmm", "mm", "mhm", "ah", "eh");

  /** Long words that matter, which are recognised with one letter wrong. */
  private static final List<String> MEANT =
      List.of(
          "wallpaper",
          "background",
          "screenshot",
          "picture",
          "bedroom",
          "kitchen",
          "favorite",
          "favorites",
          "delete",
          "yesterday",
          "morning",
          "evening",
          "afternoon",
          "speaker",
          "tablet",
          "brightness",
          "percent",
          "printer");

  /** Words that are one letter from those, and are meant. */
  private static final Set<String> NOT_MEANT =
      Set.of(
          "table", "tables", "tablets", "painter", "sprinter", "pictures", "printers", "deleted");

  private Words() {}

  /** The words of a text, fillers left out. */
  static List<String> of(String text) {
    List<String> written = new ArrayList<>();
    for (String word : split(text)) {
      contract(word, written);
    }
    List<String> words = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      String pair = i + 1 < written.size() ? written.get(i) + " " + written.get(i + 1) : "";
      if (PAIRS.containsKey(pair)) {
        for (String word : blanks(PAIRS.get(pair))) {
          words.add(word);
        }
        i++;
      } else if (!FILLERS.contains(written.get(i))) {
        words.add(meant(written.get(i)));
      }
    }
    unstutter(words);
    lead(words);
    return List.copyOf(words);
  }

  /** What is hesitated over is said twice: "could could you", "would like would you". */
  private static void unstutter(List<String> words) {
    if (words.size() > 3
        && HESITATIONS.contains(words.get(1))
        && words.get(0).equals(words.get(2))) {
      words.subList(0, 2).clear();
    }
    if (words.size() > 4
        && words.get(0).equals(words.get(3))
        && words.get(1).equals("you")
        && words.get(2).equals("know")) {
      words.subList(0, 3).clear();
    }
    if (words.size() > 2 && words.get(0).equals(words.get(1)) && !words.get(0).equals("no")) {
      words.remove(0);
    }
  }

  private static final Set<String> HESITATIONS =
      Set.of(
          "like",
          "well",
          "so",
          "ok",
          "okay",
          "right",
          "now",
          "just",
          "i",
          "and",
          "oh",
          "basically");

  /** "the lead the last picture" begins with a verb. */
  private static void lead(List<String> words) {
    if (words.size() > 2 && words.get(0).equals("the") && OBJECTS.contains(words.get(2))) {
      if (words.get(1).equals("lead") || words.get(1).equals("leet")) {
        words.remove(0);
      }
    }
    int at = words.isEmpty() || !words.get(0).equals("please") ? 0 : 1;
    boolean before = at + 1 < words.size() && OBJECTS.contains(words.get(at + 1));
    if (before && LEADS.containsKey(words.get(at)) && words.size() > 2) {
      words.set(at, LEADS.get(words.get(at)));
    }
  }

  /**
   * The words as they were said, for what is handed on: only fillers are left out, "'s" is a word
   * of its own, and "let's" and "i'd" are two.
   */
  static List<String> asSaid(String text) {
    List<String> words = new ArrayList<>();
    for (String word : split(text)) {
      switch (word) {
        case "let's", "lets" -> words.addAll(List.of("let", "us"));
        case "i'd" -> words.addAll(List.of("i", "would"));
        case "i'm" -> words.addAll(List.of("i", "am"));
        default -> {
          boolean possessive = word.endsWith("'s") && word.length() > 2;
          if (possessive) {
            words.add(word.substring(0, word.length() - 2));
            words.add("'s");
          } else if (!FILLERS.contains(word)) {
            words.add(word);
          }
        }
      }
    }
    return List.copyOf(words);
  }

  /** Words of {@link #asSaid} in one text again. */
  static String joined(List<String> words) {
    return String.join(" ", words).replace(" 's", "'s");
  }

  private static List<String> split(String text) {
    StringBuilder clean = new StringBuilder();
    String lower =
        text.toLowerCase(Locale.ROOT)
            .replace("whats app", "whatsapp")
            .replace("what's app", "whatsapp");
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        clean.append(c);
      } else if (c == '\'' || c == '\u2019' || c == '\u02bc') {
        clean.append('\'');
      } else if (c == '%') {
        clean.append(" percent ");
      } else if (c == '.' && i > 0 && Character.isLetterOrDigit(lower.charAt(i - 1))) {
        // "t.v." is one word; a full stop without a blank after it is rare.
        clean.append(i + 1 < lower.length() && Character.isLetter(lower.charAt(i + 1)) ? "" : " ");
      } else {
        clean.append(' ');
      }
    }
    return blanks(clean.toString());
  }

  private static List<String> blanks(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = text.indexOf(' ', from);
      to = to < 0 ? text.length() : to;
      if (to > from) {
        parts.add(text.substring(from, to));
      }
      from = to + 1;
    }
    return parts;
  }

  private static void contract(String word, List<String> to) {
    String plain = SINGLES.get(word);
    if (plain != null) {
      to.addAll(blanks(plain));
      return;
    }
    int quote = word.indexOf('\'');
    if (quote < 0) {
      to.add(word);
    } else if (word.endsWith("n't")) {
      to.add(word.substring(0, word.length() - 3));
      to.add("not");
    } else {
      String stem = word.substring(0, quote);
      if (!stem.isEmpty()) {
        to.addAll(blanks(SINGLES.getOrDefault(stem, stem)));
      }
      switch (word.substring(quote)) {
        case "'m" -> to.add("am");
        case "'re" -> to.add("are");
        case "'ve" -> to.add("have");
        case "'ll" -> to.add("will");
        case "'d" -> to.add("would");
        case "'s" -> to.add("'s");
        case "'" -> {}
        default -> {
          // "o'malley"
          if (!stem.isEmpty()) {
            to.remove(to.size() - 1);
          }
          to.add(word);
        }
      }
    }
  }

  private static String meant(String word) {
    if (word.length() < 6 || NOT_MEANT.contains(word) || MEANT.contains(word)) {
      return word;
    }
    for (String candidate : MEANT) {
      if (candidate.charAt(0) == word.charAt(0) && oneApart(word, candidate)) {
        return candidate;
      }
    }
    return word;
  }

  /** Whether one letter added, left out, changed or exchanged makes one of the other. */
  static boolean oneApart(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 1) {
      return false;
    }
    int start = 0;
    while (start < Math.min(a.length(), b.length()) && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < Math.min(a.length(), b.length()) - start
        && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    int restA = a.length() - start - end;
    int restB = b.length() - start - end;
    boolean exchanged =
        restA == 2
            && restB == 2
            && a.charAt(start) == b.charAt(start + 1)
            && a.charAt(start + 1) == b.charAt(start);
    return exchanged || restA <= 1 && restB <= 1;
  }
}
