package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Scenario.Expected;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a resolver made of a scenario. */
record Result(Scenario scenario, Decision decision) {
  private static final Pattern ARTICLE = Pattern.compile("^(?:a bit of|some|the|a|an) ");

  /** What a result amounts to. */
  enum Outcome {
    RIGHT,
    /** A command that was not meant. */
    GUESSED,
    /** A question, where none was needed or about another intent. */
    ASKED,
    /** No command, where there was one. */
    IGNORED
  }

  Outcome outcome() {
    if (right()) {
      return Outcome.RIGHT;
    }
    return switch (decision.status()) {
      case RESOLVED -> Outcome.GUESSED;
      case ASKED -> Outcome.ASKED;
      case NONE -> Outcome.IGNORED;
    };
  }

  boolean right() {
    Expected expected = scenario.expected();
    if (decision.status() != expected.status() || decision.intent() != expected.intent()) {
      return false;
    }
    return expected.status() != Status.RESOLVED
        || (targetRight()
            && decision.device().equals(expected.device())
            && plain(decision.arguments()).equals(plain(expected.arguments())));
  }

  /** What is about no picture may name the device that acts instead. */
  private boolean targetRight() {
    Target target = decision.target();
    Expected expected = scenario.expected();
    if (expected.target() == null) {
      return target == null || target.equals(Target.device(expected.device()));
    }
    return expected.target().equals(target);
  }

  /** Whether it is some jazz or jazz that plays makes no difference. */
  private static Map<String, String> plain(Map<String, String> arguments) {
    Map<String, String> plain = new TreeMap<>(arguments);
    // Recognisers leave out marks.
    plain.computeIfPresent("recipient", (name, recipient) -> recipient.replace(".", ""));
    plain.computeIfPresent("query", (name, query) -> query.replaceAll("[,.]", ""));
    plain.computeIfPresent("query", (name, query) -> ARTICLE.matcher(query).replaceFirst(""));
    return plain;
  }

  /** On one line, for who reads misses. */
  String describe() {
    Expected expected = scenario.expected();
    return String.format(
        "%s [%s] \"%s\"%n    expected %s %s %s %s %s%n    got      %s %s %s %s %s (%.2f) %s",
        scenario.id(),
        scenario.wording(),
        ((Utterance) scenario.utterance().content()).transcript(),
        expected.status(),
        name(expected.intent()),
        expected.target(),
        expected.device(),
        expected.arguments(),
        decision.status(),
        name(decision.intent()),
        decision.target(),
        decision.device(),
        decision.arguments(),
        decision.confidence(),
        decision.question());
  }

  private static String name(Intent intent) {
    return intent.text();
  }
}
