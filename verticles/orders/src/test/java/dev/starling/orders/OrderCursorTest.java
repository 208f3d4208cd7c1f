package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderCursorTest {

  @Test
  void text_parsed_isTheSamePlace() {
    OrderCursor cursor = new OrderCursor(UUID.fromString("0198c0de-0000-7abc-8000-0123456789ab"));

    assertThat(OrderCursor.parse(cursor.text())).isEqualTo(cursor);
    assertThat(OrderCursor.parse(OrderCursor.START.text())).isEqualTo(OrderCursor.START);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "AZjA3gAAerwAAAEjRWeJqw==",
        "AZjA3gAAerwAAAEjRWeJ!!",
        "AZjA3gAAerwAAAEjRWeJqx"
      })
  void parse_whatNoAnswerContained_isNull(String text) {
    assertThat(OrderCursor.parse(text)).isNull();
  }
}
