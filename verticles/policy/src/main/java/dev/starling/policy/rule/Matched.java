package dev.starling.policy.rule;

/** A rule that holds for calls. */
public interface Matched {
  Match match();
}
