package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderTextTest {

  @Test
  void headerText_hostile_isMadeHarmlessOrRefused() {
    assertThat(HeaderText.quotable("a\"b\\c\r\nd\u0000é~")).isEqualTo("a'b'c  d  ~");
    assertThat(HeaderText.isValue("a\tb ~")).isTrue();
    for (String bad : List.of("a\rb", "a\nb", "a\u0000b", "a\u007fb", "é")) {
      assertThat(HeaderText.isValue(bad)).isFalse();
      assertThat(HeaderText.isField("a", bad)).isFalse();
    }
    for (String bad : List.of("", "A", "a b", "a:", "a\r", "é")) {
      assertThat(HeaderText.isField(bad, "v")).isFalse();
    }
    assertThat(HeaderText.isField("x-a_1", "v")).isTrue();
  }
}
