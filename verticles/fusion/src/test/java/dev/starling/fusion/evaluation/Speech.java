package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Alternative;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.evaluation.Wording.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a recogniser or a keyboard makes of words. Confined to one thread. */
final class Speech {
  private static final Pattern MARKS = Pattern.compile("[?!,;:]|\\.(?!\\d)");
  private static final Pattern SPACES = Pattern.compile("\\s+");

  private final Draw draw;
  private final Values values;

  Speech(Draw draw, Values values) {
    this.draw = draw;
    this.values = values;
  }

  /** Typed, or heard well. */
  Utterance clear(String words) {
    if (draw.chance(0.25)) {
      return utterance(false, sentence(words), 1, List.of());
    }
    return utterance(true, transcript(words), draw.between(0.85, 0.98), List.of());
  }

  /**
   * Heard badly: with fillers, repetitions or a word that is another; then the right one is an
   * alternative.
   */
  Utterance noisy(String words) {
    String right = bare(words);
    String hesitant = hesitated(right);
    String wrong = misheard(right);
    if (wrong.equals(right) || draw.chance(0.35)) {
      return utterance(true, hesitant, draw.between(0.7, 0.9), List.of());
    }
    double confidence = draw.between(0.42, 0.6);
    List<Alternative> alternatives = new ArrayList<>();
    alternatives.add(new Alternative(right, rounded(confidence - draw.between(0.01, 0.05))));
    alternatives.add(new Alternative(hesitant, rounded(confidence - draw.between(0.06, 0.1))));
    return utterance(true, wrong, confidence, alternatives);
  }

  private static Utterance utterance(
      boolean spoken, String text, double confidence, List<Alternative> alternatives) {
    return new Utterance(spoken, text, rounded(confidence), alternatives, "en");
  }

  private static double rounded(double confidence) {
    return Math.round(confidence * 1000) / 1000.0;
  }

  /** Some recognisers write sentences, others only words. */
  private String transcript(String words) {
    return draw.chance(0.5) ? sentence(words) : bare(words);
  }

  private static String sentence(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static String bare(String words) {
    String text = MARKS.matcher(words.toLowerCase(Locale.ROOT)).replaceAll(" ");
    return SPACES.matcher(text).replaceAll(" ").strip();
  }

  private String hesitated(String text) {
    int space = text.indexOf(' ');
    String first = space < 0 ? text : text.substring(0, space);
    String filler = draw.of(values.fillers());
    return switch (draw.between(0, 2)) {
      case 0 -> filler + " " + text;
      case 1 -> first + " " + filler + " " + text;
      default -> text + " " + filler;
    };
  }

  private String misheard(String text) {
    for (Line line : draw.shuffled(values.misheard())) {
      Matcher matcher = Pattern.compile("\\b" + line.parts().get(0) + "\\b").matcher(text);
      if (matcher.find()) {
        return matcher.replaceFirst(line.parts().get(1));
      }
    }
    return text;
  }
}
