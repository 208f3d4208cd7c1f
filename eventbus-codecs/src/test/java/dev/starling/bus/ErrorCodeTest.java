package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

  @Test
  void number_ofEachCode_isPinned() {
    Map<Integer, String> numbers = new TreeMap<>();
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(numbers.put(code.number(), code.name())).isNull();
    }

    // Part of the wire contract: add, never change. Zero means success.
    assertThat(numbers)
        .containsExactly(
            entry(1, "INVALID_ARGUMENT"),
            entry(2, "UNAVAILABLE"),
            entry(3, "OVERLOADED"),
            entry(4, "EXPIRED"),
            entry(5, "DEADLINE_EXCEEDED"),
            entry(6, "NODE_LOST"),
            entry(7, "INTERNAL"),
            entry(8, "UNKNOWN_OUTCOME"),
            entry(9, "CANCELLED"),
            entry(10, "REPLY_TOO_LARGE"));
  }

  @Test
  void of_eachNumber_isItsCode() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(ErrorCode.of(code.number())).isSameAs(code);
    }
  }

  @Test
  void of_numberOfANewerPeer_isNull() {
    assertThat(Stream.of(0, -1, 11, Integer.MAX_VALUE).map(ErrorCode::of)).containsOnlyNulls();
  }

  @Test
  void notExecuted_codesThatMayFollowWork_isFalse() {
    assertThat(Stream.of(ErrorCode.values()).filter(code -> !code.notExecuted()))
        .containsExactly(
            ErrorCode.DEADLINE_EXCEEDED,
            ErrorCode.NODE_LOST,
            ErrorCode.INTERNAL,
            ErrorCode.UNKNOWN_OUTCOME,
            ErrorCode.CANCELLED,
            ErrorCode.REPLY_TOO_LARGE);
  }

  @Test
  void busException_anyCode_showsItAndHasNoStackTrace() {
    BusException failure = new BusException(ErrorCode.EXPIRED, "too late");

    assertThat(failure).hasToString("EXPIRED: too late").hasMessage("too late");
    assertThat(failure.getStackTrace()).isEmpty();
  }
}
