package dev.starling.policy;

import dev.starling.policy.match.Matcher;
import dev.starling.policy.rule.Matched;
import java.util.List;

/** A rule with what it is compared with, compiled. */
record Compiled<T>(T rule, Matcher matcher) {

  static <T extends Matched> List<Compiled<T>> all(List<T> rules) {
    return rules.stream().map(rule -> new Compiled<>(rule, Matcher.of(rule.match()))).toList();
  }
}
