package dev.starling.sdk;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How many instances of a verticle a node runs: a number, or one on each event loop.
 *
 * @param count zero stands for {@code per-loop}
 */
public record Instances(int count) {
  /** Many times the loops of any machine: a bound on mistakes. */
  public static final int MAX = 1024;

  public static final Instances PER_LOOP = new Instances(0);

  public Instances {
    if (count < 0 || count > MAX) {
      throw new IllegalArgumentException(
          "instances: " + count + " (expected: 1..1024 or per-loop)");
    }
  }

  /** As a configuration file may write it: without quotes. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Instances of(int count) {
    return parse(Integer.toString(count));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Instances parse(String text) {
    if (text.equals("per-loop")) {
      return PER_LOOP;
    }
    try {
      int count = Integer.parseInt(text);
      if (count >= 1) {
        return new Instances(count);
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number that is out of range.
    }
    throw new IllegalArgumentException("instances: " + text + " (expected: 1..1024 or per-loop)");
  }

  public boolean isPerLoop() {
    return count == 0;
  }

  @Override
  @JsonValue
  public String toString() {
    return isPerLoop() ? "per-loop" : Integer.toString(count);
  }
}
