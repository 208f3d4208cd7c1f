package dev.starling.policy.rule;

/** A rule with a name, which no other rule of its section has. */
public interface Named {
  /** 1..64 lower-case letters, digits and hyphens. */
  String name();
}
