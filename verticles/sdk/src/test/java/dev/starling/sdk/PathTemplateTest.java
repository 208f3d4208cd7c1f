package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.sdk.PathTemplate.Segment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {
  @Test
  void parse_literalsAndParameters_areToldApart() {
    PathTemplate template = PathTemplate.parse("/v1/users/{user_id}/orders/{id}");

    assertThat(template.segments())
        .containsExactly(
            new Segment("v1", false),
            new Segment("users", false),
            new Segment("user_id", true),
            new Segment("orders", false),
            new Segment("id", true));
    assertThat(template.parameters()).containsExactly("user_id", "id");
    assertThat(template.text()).isEqualTo("/v1/users/{user_id}/orders/{id}");
    assertThat(template.shape()).isEqualTo("/v1/users/{}/orders/{}");
  }

  @Test
  void parse_root_hasNoSegment() {
    assertThat(PathTemplate.parse("/").segments()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "/v1/",
        "//",
        "/v1//x",
        "/{}",
        "/{Id}",
        "/{1d}",
        "/{a}{b}",
        "/a{b}",
        "/{a",
        "/a}",
        "/a b",
        "/a%20b",
        "/é",
        "/a?b",
        "/a#b",
        "/..",
        "/v1/./x",
        "/{a}/{a}",
        "/{a-b}",
        "/*"
      })
  void parse_unusable_isRefusedByName(String text) {
    assertThatThrownBy(() -> PathTemplate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("path: " + text)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.well-known/jwks.json", "/v1/a~b", "/v1/files:batch", "/a_b-c.d"})
  void parse_unreservedCharacters_areLiterals(String text) {
    assertThat(PathTemplate.parse(text).parameters()).isEmpty();
  }
}
