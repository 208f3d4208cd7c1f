package dev.starling.policy.rule;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Constants as files write them: {@code TOKEN_BUCKET} is {@code token-bucket}. */
public final class Words {
  private Words() {}

  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E parse(E[] constants, String text) {
    for (E constant : constants) {
      if (of(constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        text
            + " (expected: "
            + Arrays.stream(constants).map(Words::of).collect(Collectors.joining(", "))
            + ")");
  }
}
