package dev.starling.users;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {

  @Test
  void parse_list_keepsEveryTag() {
    assertThat(EntityTags.parse(" \"v1\" ,, W/\"v2\",\"a,b\",\"\"").tags())
        .containsExactly("\"v1\"", "W/\"v2\"", "\"a,b\"", "\"\"");
    assertThat(EntityTags.parse(" * ").any()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ",",
        "v1",
        "\"v1",
        "v1\"",
        "w/\"v1\"",
        "\"v1\" \"v2\"",
        "\"v1\", *",
        "\"a b\""
      })
  void parse_noList_isNull(String field) {
    assertThat(EntityTags.parse(field)).isNull();
  }

  @Test
  void versions_strongTagsOfOurs_only() {
    assertThat(EntityTags.parse("\"v1\", W/\"v2\", \"x\", \"v03\", \"v0\", \"v-4\"").versions())
        .containsExactly(1, 0);
    assertThat(EntityTags.parse("\"v9999999999999999999999\"").versions()).isEmpty();
    assertThat(EntityTags.parse("*").versions()).isNull();
  }

  @Test
  void matchesWeakly_ignoresWeakness() {
    assertThat(EntityTags.parse("W/\"v7\"").matchesWeakly("\"v7\"")).isTrue();
    assertThat(EntityTags.parse("\"v7\"").matchesWeakly("\"v7\"")).isTrue();
    assertThat(EntityTags.parse("\"v77\", \"7\"").matchesWeakly("\"v7\"")).isFalse();
    assertThat(EntityTags.parse("*").matchesWeakly("\"v7\"")).isTrue();
  }
}
