package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCursorTest {

  @Test
  void cursor_anyPlace_survivesItsText() {
    PageCursor place =
        new PageCursor(
            Instant.parse("2026-11-20T10:11:12.131415Z"),
            UUID.fromString("ffffffff-ffff-4fff-bfff-ffffffffffff"));

    assertThat(place.text()).matches("[A-Za-z0-9_-]{32}");
    assertThat(PageCursor.parse(place.text())).isEqualTo(place);
    assertThat(new PageQuery(5, place.text()).after()).isEqualTo(place);
    assertThat(new PageQuery(5, place.text()).refused()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "",
        "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
        // Microseconds beyond what PostgreSQL and RFC 3339 can say.
        "f_________8AAAAAAAAAAAAAAAAAAAAA",
        "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void parse_textThatIsNone_isNull(String text) {
    assertThat(PageCursor.parse(text)).isNull();
    assertThat(new PageQuery(null, text).refused()).isNotNull();
  }
}
