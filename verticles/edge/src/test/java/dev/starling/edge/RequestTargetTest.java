package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
  private final RequestTarget target = new RequestTarget();

  @ParameterizedTest
  @CsvSource({
    "/, /, ''",
    "/a/b, /a/b, ''",
    "/a?b=c&d=%20, /a, b=c&d=%20",
    "/a?, /a, ''",
    "/a??b, /a, ?b",
    "/a?b/../c, /a, b/../c",
    "/a/..b/c..d/..., /a/..b/c..d/..., ''",
    "/a//b, /a//b, ''",
    "http://h/a?b, /a, b",
    "HTTPS://h:1/a, /a, ''",
    "/%61/b%2Bc, /a/b+c, ''",
    "/%E2%82%AC, /€, ''",
    "/%F0%9F%90%A6, /🐦, ''",
    "/a:b@c;d=e$f, /a:b@c;d=e$f, ''",
    "/a%3Fb, /a?b, ''",
    "/a%25, /a%, ''"
  })
  void read_goodTarget_givesPathAndQuery(String uri, String path, String query) {
    assertThat(target.read(uri)).as(target.problem()).isTrue();
    assertThat(target.text().substring(target.from(), target.to())).isEqualTo(path);
    assertThat(target.query()).isEqualTo(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "http:/a",
        "http://",
        "http://h",
        "http:///a",
        "ftp://h/a",
        "//..",
        "/.",
        "/..",
        "/a/./b",
        "/a/../b",
        "/a/..",
        "/%2e",
        "/%2E%2e/a",
        "/a/.%2e/b",
        "/a%2fb",
        "/a%5cb",
        "/a\\b",
        "/a%00",
        "/a%0a",
        "/a%7F",
        "/a%",
        "/a%1",
        "/a%zz",
        "/a%+1",
        "/a b",
        "/a#b",
        "/a?b#c",
        "/a?\u0001",
        "/é",
        "/a?é",
        "/a<b",
        "/{a}",
        "/%80",
        "/%C3",
        "/%C3%28",
        "/%C0%80",
        "/%ED%A0%80",
        "/%F4%90%80%80"
      })
  void read_badTarget_saysWhatIsWrong(String uri) {
    assertThat(target.read(uri)).isFalse();
    assertThat(target.problem()).startsWith("the request target ");
  }

  @Test
  void read_afterABadTarget_forgetsIt() {
    target.read("/..?a");

    assertThat(target.read("/a")).isTrue();
    assertThat(target.problem()).isNull();
    assertThat(target.query()).isEmpty();
  }
}
