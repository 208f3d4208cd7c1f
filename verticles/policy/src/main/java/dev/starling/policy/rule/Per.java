package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a limit counts calls by. */
public enum Per {
  /** The caller's address; of an IPv6 address, the network that one subscriber gets. */
  IP,
  /** The subject; an anonymous caller is counted by its address instead. */
  CONSUMER,
  /** The consumer's tenant; who has none is counted as a consumer. */
  TENANT,
  /** The operation's id. */
  ROUTE;

  @JsonCreator
  static Per parse(String text) {
    return Words.parse(values(), text);
  }

  /** The name in the file. */
  @Override
  @JsonValue
  public String toString() {
    return Words.of(this);
  }
}
