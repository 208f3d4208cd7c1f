package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AsciiTextTest {

  @Test
  void asciiText_numbers_areWrittenInFull() {
    AsciiText text = new AsciiText();
    for (long number : new long[] {0, 9, 10, 99, 100, 1_234_567_890, Long.MAX_VALUE}) {
      text.clear();
      text.append("a".repeat(300));
      text.append(number);

      assertThat(text.copy().toString()).isEqualTo("a".repeat(300) + number);
    }
  }
}
