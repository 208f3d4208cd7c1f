package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Who counts together. */
public enum Sharing {
  /** Each node for itself. */
  LOCAL,
  /** The nodes of the cluster, without a store. */
  CLUSTER,
  /** Everybody who uses the same Redis. */
  REDIS;

  @JsonCreator
  static Sharing parse(String text) {
    return Words.parse(values(), text);
  }

  /** The name in the file. */
  @Override
  @JsonValue
  public String toString() {
    return Words.of(this);
  }
}
