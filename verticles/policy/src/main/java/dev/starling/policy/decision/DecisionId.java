package dev.starling.policy.decision;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a decision's id: {@code n-7f3a…-1k-9c40e2d1}.
 *
 * @param node which made it, and can be asked
 * @param number of its decisions since it started, from 0; in base 36
 */
public record DecisionId(String node, long number) {
  private static final int BASE = 36;
  private static final HexFormat HEX = HexFormat.of();

  /** Longer than any that is made; what is longer is not looked at. */
  private static final int MAX_LENGTH = 256;

  static String format(String node, long number, int tag) {
    return node + '-' + Long.toString(number, BASE) + '-' + HEX.toHexDigits(tag);
  }

  /** Null when the text is none. */
  public static @Nullable DecisionId parse(String id) {
    int tag = id.lastIndexOf('-');
    int number = id.lastIndexOf('-', tag - 1);
    if (id.length() > MAX_LENGTH || number <= 0) {
      return null;
    }
    try {
      long parsed = Long.parseLong(id, number + 1, tag, BASE);
      return parsed < 0 ? null : new DecisionId(id.substring(0, number), parsed);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
