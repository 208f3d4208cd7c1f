package dev.starling.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.Words;
import java.util.List;

/**
 * What a policy says about one call, rule by rule. Immutable.
 *
 * @param version of the policy
 */
public record Explanation(PolicyRoute route, Caller caller, String version, List<Part> sections) {

  /** What becomes of a rule. */
  public enum Verdict {
    /** It holds for the call. */
    HOLDS,
    /** It would, but an earlier rule of its section does. */
    HIDDEN,
    /** It does not apply. */
    DOES_NOT_APPLY;

    /** For programs. */
    @Override
    @JsonValue
    public String toString() {
      return Words.of(this);
    }
  }

  /**
   * What becomes of one rule.
   *
   * @param rule its name, or its place where rules have none, e.g. {@code costs[0]}
   * @param detail what it says if it holds, otherwise the first reason why it does not
   */
  public record Finding(String rule, Verdict verdict, String detail) {}

  /** A section of the file, with a finding for each of its rules. */
  public record Part(String section, List<Finding> rules) {
    public Part {
      rules = List.copyOf(rules);
    }
  }

  public Explanation {
    sections = List.copyOf(sections);
  }

  /** A section of it, e.g. {@code limits}. */
  public Part section(String name) {
    return sections.stream()
        .filter(section -> section.section().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("section: " + name));
  }

  /** For people: a line for each rule, with {@code +} where it holds. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append("%s %s%s%s%n".formatted(route.method(), route.path(), operation(), who()));
    text.append("policy %s%n".formatted(version));
    for (Part section : sections) {
      text.append(section.section()).append(section.rules().isEmpty() ? ": no rule" : ":");
      text.append(System.lineSeparator());
      for (Finding rule : section.rules()) {
        String sign =
            switch (rule.verdict()) {
              case HOLDS -> "+";
              case HIDDEN -> "~";
              case DOES_NOT_APPLY -> "-";
            };
        text.append("  %s %s: %s%n".formatted(sign, rule.rule(), rule.detail()));
      }
    }
    return text.toString();
  }

  private String operation() {
    return route.operation().isEmpty()
        ? " (no operation that is known here)"
        : " (%s%s)".formatted(route.operation(), route.open() ? ", open" : "");
  }

  private String who() {
    StringBuilder who = new StringBuilder(caller.isAnonymous() ? " by anybody" : " by ");
    who.append(caller.consumer());
    append(who, " of tenant ", caller.tenant());
    append(who, " in tier ", caller.tier());
    append(who, " from ", caller.address());
    return who.toString();
  }

  private static void append(StringBuilder who, String word, String value) {
    who.append(value.isEmpty() ? "" : word + value);
  }
}
