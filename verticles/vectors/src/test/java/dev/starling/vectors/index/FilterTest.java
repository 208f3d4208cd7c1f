package dev.starling.vectors.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"color\":\"red\"}             | {\"color\":\"red\"}               | true",
        "{\"color\":\"red\"}             | {\"color\":\"blue\"}              | false",
        "{\"color\":\"red\"}             | {\"colour\":\"red\"}              | false",
        "{\"color\":[\"red\",\"blue\"]}  | {\"color\":\"blue\"}              | true",
        "{\"tag\":\"new\"}               | {\"tag\":[\"old\",\"new\"]}       | true",
        "{\"n\":1}                       | {\"n\":1.0}                       | true",
        "{\"n\":1e2}                     | {\"n\":100}                       | true",
        "{\"n\":1}                       | {\"n\":\"1\"}                     | false",
        "{\"n\":9007199254740993}        | {\"n\":9007199254740992}          | false",
        "{\"n\":-0.0}                    | {\"n\":0}                         | true",
        "{\"n\":0.1}                     | {\"n\":0.1}                       | true",
        "{\"ok\":true}                   | {\"ok\":true}                     | true",
        "{\"ok\":true}                   | {\"ok\":1}                        | false",
        "{\"a\":1,\"b\":2}               | {\"a\":1,\"b\":2}                 | true",
        "{\"a\":1,\"b\":2}               | {\"a\":1,\"b\":3}                 | false",
        "{}                              | {}                                | true"
      })
  void filter_attributes_matchesOrNot(String filter, String attributes, boolean expected) {
    PointIndex index = new PointIndex(Similarity.DOT, 16);
    index.apply(
        List.of(new PointIndex.Change.Put(Samples.point("p", 0, new float[] {1}, attributes))));
    Best best = new Best(1);

    index.search(new Query(new float[] {1}, 1, parsed(filter), Query.ALL_SHARDS, false), best);

    assertThat(best.hits()).hasSize(expected ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "1",
        "{\"a\":null}",
        "{\"a\":{}}",
        "{\"a\":[]}",
        "{\"a\":[[1]]}",
        "{\"a\":1} {}"
      })
  void parse_notAFilter_saysWhatWasExpected(String text) {
    assertThat(Filter.parse(text))
        .isInstanceOfSatisfying(
            Checked.Wrong.class, wrong -> assertThat(wrong.detail()).contains("(expected: "));
  }

  @Test
  void parse_moreThanItMayHave_isRefused() {
    String attributes =
        IntStream.range(0, Filter.MAX_ATTRIBUTES + 1)
            .mapToObj(i -> "\"a" + i + "\":1")
            .collect(Collectors.joining(",", "{", "}"));
    String values =
        IntStream.range(0, Filter.MAX_VALUES + 1)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "{\"a\":[", "]}"));

    assertThat(Filter.parse(attributes)).isInstanceOf(Checked.Wrong.class);
    assertThat(Filter.parse(values))
        .isEqualTo(
            new Checked.Wrong<>(
                "filter.a: 65 values (expected: a text of at most 256 bytes, a number, a boolean,"
                    + " or 1..64 of them in a list)"));
  }

  @Test
  void attributes_moreThanTheyMayBe_areRefused() {
    String long_ = "{\"a\":\"" + "x".repeat(Attributes.MAX_BYTES) + "\"}";
    String many =
        IntStream.rangeClosed(0, Attributes.MAX_TERMS)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "{\"a\":[", "]}"));

    assertThat(Attributes.parse(long_))
        .isEqualTo(new Checked.Wrong<>("attributes: 8200 bytes (expected: at most 8192)"));
    assertThat(Attributes.parse(many))
        .isEqualTo(
            new Checked.Wrong<>("attributes: 65 values to filter by (expected: at most 64)"));
    assertThat(Attributes.parse("[1]")).isInstanceOf(Checked.Wrong.class);
    assertThat(Attributes.parse("{\"a\":\"\\ud800\"}")).isInstanceOf(Checked.Wrong.class);
  }

  @Test
  void attributes_textThatIsLong_isKeptAndNotFoundBy() {
    Checked<Attributes> parsed = Attributes.parse("{\"a\":\"" + "x".repeat(257) + "\"}");

    assertThat(((Checked.Valid<Attributes>) parsed).value().terms()).isEmpty();
  }

  private static Filter parsed(String json) {
    return ((Checked.Valid<Filter>) Filter.parse(json)).value();
  }
}
