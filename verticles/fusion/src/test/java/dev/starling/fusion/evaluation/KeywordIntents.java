package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Intent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Intents and their arguments by keywords, as rules of voice skills are written. */
final class KeywordIntents {
  private static final Pattern TALK =
      Pattern.compile(
          "^(?:what(?:'s| is| does| time| kind| are)|who|when|where|why (?!don.t we)|how (?!about)|which|is (?!it possible)|did"
              + "|do you|does|has|have you|nobody|i was (?!hoping)|i used|she |he )\\b.*"
              + "|.*\\b(?:do not|don't (?!want to keep|need)|never|already|used to|wish|if i)\\b.*");
  private static final String PICTURE =
      "(?:photo|picture|pic|shot|image|screenshot|one|it|that|this)";
  private static final String LIGHT = "(?:lights?|lamp|lantern)";
  private static final String SCREEN = "(?:tv|telly|television|screen|frame)";

  private static final String NAME = "((?:(?:aunt|uncle|mr|mrs|ms|dr|coach) )?[a-z'-]+)";

  /** The first that is found wins. */
  private static final Map<Intent, Pattern> RULES = rules();

  private static final List<Pattern> RECIPIENTS =
      List.of(
          Pattern.compile(
              "\\b(?:to|with|for|reaches|across to) (?:my )?"
                  + NAME
                  + "(?: (?:please|in a chat|for me|when .*|and .*|straight .*))?$"),
          Pattern.compile(
              "\\b(?:send|message|copy|give) (?:my )?" + NAME + " (?:a copy|in|with)\\b"),
          Pattern.compile(
              "^(?:let|make sure|can|i'd like|would be nice if)? ?(?:my )?"
                  + NAME
                  + " (?:needs?|would|asked|has to|have|gets?|to have|received|should)\\b"),
          Pattern.compile("\\bto (?:my )?" + NAME + "\\b"));
  private static final Pattern QUERY =
      Pattern.compile(
          "\\b(?:play(?:ing)?|put on|listen to|hear(?:ing)?|mood for|queue up|cue|spin|throw on|turn on|start up|fire up|crank up|blast|give me|kick off)"
              + " (?:me )?(?:some )?(.+?)(?: (?:in|on) (?:the|my) .+| please| for me| going| on| and play it)*$");
  private static final Pattern NUMBER = Pattern.compile("\\b(\\d{1,3}) ?(?:%|percent)?");
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("three quarters", 75),
          Map.entry("a quarter", 25),
          Map.entry("half", 50),
          Map.entry("ninety", 90),
          Map.entry("eighty", 80),
          Map.entry("seventy", 70),
          Map.entry("sixty", 60),
          Map.entry("fifty", 50),
          Map.entry("forty", 40),
          Map.entry("thirty", 30),
          Map.entry("twenty", 20),
          Map.entry("fifteen", 15),
          Map.entry("ten", 10));
  private static final Map<String, Integer> UNITS =
      Map.of(
          "one", 1, "two", 2, "three", 3, "four", 4, "five", 5, "six", 6, "seven", 7, "eight", 8,
          "nine", 9);

  private KeywordIntents() {}

  private static Map<Intent, Pattern> rules() {
    Map<Intent, Pattern> rules = new LinkedHashMap<>();
    rules.put(
        Intent.SET_WALLPAPER,
        Pattern.compile("\\b(?:wallpaper|background|backdrop|lock screen|home screen)\\b"));
    rules.put(
        Intent.SET_LIGHT_COLOR,
        Pattern.compile(
            "\\b(?:colou?r|hue|tint|tone|shade|glow|match)\\w*\\b.*\\b"
                + LIGHT
                + "\\b|\\b"
                + LIGHT
                + "\\b.*\\b(?:colou?r|hue|tint|tone|shade|glow|match)"));
    rules.put(Intent.FAVORITE, Pattern.compile("\\b(?:favou?rites?|star|starred|hearts?)\\b"));
    rules.put(
        Intent.DELETE,
        Pattern.compile(
            "\\b(?:delete|deleted|remove|erase|trash|bin|rid|discard|throw .* away|wipe|toss|chuck|scrap|ditch|dump|"
                + "dispose|zap|gone|disappear|lose|do away|kill|clear|out of my gallery)\\b"));
    rules.put(
        Intent.PRINT,
        Pattern.compile(
            "\\b(?:print\\w*|hard copy|paper (?:copy|version)|(?:on|onto) (?:photo )?paper)\\b"));
    rules.put(
        Intent.DIM,
        Pattern.compile(
            "\\b(?:dim|brightness)\\b|\\b" + LIGHT + "\\b.*(?:%|percent|half|quarter)"));
    rules.put(
        Intent.SHOW_ON,
        Pattern.compile(
            "\\b(?:show|display\\w*|cast|see|look|view|watch|mirror|stream|get|beam|throw|put|pop|push|send|bring)\\b.*\\b"
                + SCREEN
                + "\\b|\\b"
                + PICTURE
                + "\\b.*\\b"
                + SCREEN
                + "\\b"));
    rules.put(
        Intent.SEND_TO,
        Pattern.compile(
            "\\b(?:send|sent|share|forward|e?mail|message|text|whatsapp|pass|post|deliver|ping|relay|attach|copy|hand|drop|shoot|gets?|have)\\b"));
    rules.put(
        Intent.STOP,
        Pattern.compile(
            "\\b(?:stop|halt|silence|quit|(?:turn|switch|shut|cut) .*off|end|enough)\\b"));
    rules.put(
        Intent.PLAY,
        Pattern.compile(
            "\\b(?:play|playing|listen|hear|music|put|spin|queue|cue|mood for|blast|throw|turn on|start|give me|fire up|crank|pop|stick|kick off|time for|how about)\\b"));
    return rules;
  }

  static String bare(String text) {
    return text.toLowerCase(Locale.ROOT)
        .replaceAll("[?!,;:]|\\.(?!\\d)", " ")
        .replaceAll("\\s+", " ")
        .strip();
  }

  static Intent intent(String text) {
    String bare = bare(text);
    if (TALK.matcher(bare).matches()) {
      return Intent.NONE;
    }
    return RULES.entrySet().stream()
        .filter(rule -> rule.getValue().matcher(bare).find())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Intent.NONE);
  }

  static Optional<String> recipient(String text) {
    String bare = bare(text);
    return RECIPIENTS.stream()
        .map(pattern -> pattern.matcher(bare))
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .filter(name -> !List.of("someone", "somebody", "it", "the", "them").contains(name))
        .findFirst();
  }

  static Optional<String> query(String text) {
    Matcher matcher = QUERY.matcher(bare(text));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  static Optional<Integer> level(String text) {
    String bare = bare(text);
    Matcher digits = NUMBER.matcher(bare);
    if (digits.find()) {
      return Optional.of(Math.min(100, Integer.parseInt(digits.group(1))));
    }
    for (String words : List.of("three quarters", "a quarter", "half")) {
      if (bare.contains(words)) {
        return Optional.of(NUMBERS.get(words));
      }
    }
    for (Map.Entry<String, Integer> tens : NUMBERS.entrySet()) {
      Matcher matcher = Pattern.compile("\\b" + tens.getKey() + "\\b ?(\\w*)").matcher(bare);
      if (matcher.find()) {
        return Optional.of(tens.getValue() + UNITS.getOrDefault(matcher.group(1), 0));
      }
    }
    return Optional.empty();
  }
}
