package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Bound.Valid;
import dev.starling.sdk.Bound.Wrong;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBinderTest {
  enum Color {
    RED,
    GREEN
  }

  record Address(@NotBlank String street, @Size(max = 5) String zipCode) {}

  record Order(
      @Size(max = 3) String name,
      @Min(1) @Max(9) Integer itemCount,
      Long big,
      Boolean gift,
      Double price,
      Color color,
      Address sender,
      @jakarta.validation.Valid Address home,
      List<@NotBlank String> tags,
      List<@jakarta.validation.Valid Address> others,
      Map<String, @Max(5) Integer> counts,
      Instant at,
      UUID id,
      @Nullable String note) {}

  record Needs(int count, boolean gift, double price) {}

  record Range(int from, int to) {
    Range {
      if (from > to) {
        throw new IllegalArgumentException("from: " + from + " (expected: <= to)");
      }
    }
  }

  record Query(@Min(1) @Max(100) Integer limit, Boolean all, Color color, Double near, String q) {}

  @Test
  void body_good_isBoundFromSnakeCase() {
    Order order =
        valid(
            body(
                "{\"name\":\"Ada\",\"item_count\":2,\"home\":{\"street\":\"a\",\"zip_code\":\"b\"},"
                    + "\"at\":\"2030-01-01T01:00:00+01:00\",\"color\":\"RED\"}"));

    assertThat(order.name()).isEqualTo("Ada");
    assertThat(order.itemCount()).isEqualTo(2);
    assertThat(order.home()).isEqualTo(new Address("a", "b"));
    assertThat(order.at()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    assertThat(order.color()).isEqualTo(Color.RED);
  }

  @Test
  void body_nullOrMissingComponents_areNull() {
    assertThat(valid(body("{\"name\":null,\"note\":null}"))).isEqualTo(valid(body("{}")));
    assertThat(valid(body("{}")).name()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':             | not JSON at line 1, column",
        "{'name':'Ada'        | not JSON at line 1, column",
        "{'name':Ada}         | not JSON at line 1, column 9: Unrecognized token 'Ada'",
        "{name:1}             | not JSON at line 1, column 2",
        "{} {}                | more follows after the first value",
        "{} x                 | not JSON at line 1, column",
        "{'name':'a'} // end  | not JSON at line 1, column",
        "null                 | the body is null (expected: a JSON object)",
        "{'name':'a','name':'b'}                      | Duplicate field 'name'",
        "{'home':{'street':'a','street':'b'}}         | Duplicate field 'street'",
        "{'price':NaN}        | not JSON at line 1, column",
        "{'item_count':01}    | not JSON at line 1, column",
      })
  void body_unreadable_isMalformed(String json, String detail) {
    Wrong<?> wrong = wrong(body(json.replace('\'', '"')));

    assertThat(wrong.refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(wrong.detail()).contains(detail).doesNotContain("\n");
    assertThat(wrong.violations()).isEmpty();
  }

  @Test
  void body_empty_isMalformed() {
    assertThat(wrong(body("")).detail()).isEqualTo("the body is empty (expected: a JSON object)");
    assertThat(wrong(body(" \n")).refusal()).isEqualTo(Refusal.MALFORMED);
  }

  @Test
  void body_bombs_areMalformed() {
    for (String bomb :
        List.of(
            "{\"home\":" + "{\"home\":".repeat(100_000),
            "{\"tags\":" + "[".repeat(100_000),
            "{\"item_count\":1" + "0".repeat(1_000_000) + "}",
            "{\"price\":0." + "1".repeat(1_000_000) + "}",
            "{\"" + "n".repeat(1_000_000) + "\":1}")) {
      assertThat(wrong(body(bomb)).refusal())
          .as(bomb.substring(0, 30))
          .isIn(Refusal.MALFORMED, Refusal.INVALID);
      assertThat(wrong(body(bomb)).toString()).hasSizeLessThan(2_000);
    }
    assertThat(wrong(body("{\"price\":" + "1".repeat(101) + "}")).detail())
        .isEqualTo(
            "too large a part (expected: nesting <= 64, text <= 1000000, name <= 1000,"
                + " number <= 100 characters)");
  }

  @Test
  void body_notUtf8_isMalformed() {
    for (byte[] bytes :
        List.of(
            "{\"name\":\"é\"}".getBytes(ISO_8859_1),
            "{\"name\":\"a\"}".getBytes(UTF_16LE),
            "{\"name\":\"a\"}".getBytes(UTF_16BE),
            // An overlong slash, and a surrogate that was encoded by itself.
            "{\"name\":\"\u00c0\u00af\"}".getBytes(ISO_8859_1),
            "{\"name\":\"\u00ed\u00a0\u0080\"}".getBytes(ISO_8859_1),
            "{\"name\":\"a\0\"}".getBytes(ISO_8859_1))) {
      Wrong<?> wrong = wrong(RecordBinder.body(bytes, Order.class));
      assertThat(wrong.refusal()).isEqualTo(Refusal.MALFORMED);
      assertThat(wrong.detail()).isEqualTo("not JSON: not UTF-8 text");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'name':1}                | /name              | must be a string",
        "{'name':true}             | /name              | must be a string",
        "{'name':[]}               | /name              | must be a string",
        "{'item_count':'1'}        | /item_count        | must be an integer",
        "{'item_count':''}         | /item_count        | must be an integer",
        "{'item_count':1.0}        | /item_count        | must be an integer",
        "{'item_count':1e1}        | /item_count        | must be an integer",
        "{'item_count':true}       | /item_count        | must be an integer",
        "{'item_count':3000000000} | /item_count        | must be an integer of at most 32 bits",
        "{'big':9999999999999999999} | /big             | must be an integer of at most 64 bits",
        "{'gift':'true'}           | /gift              | must be true or false",
        "{'gift':1}                | /gift              | must be true or false",
        "{'price':'1.5'}           | /price             | must be a number",
        "{'price':'NaN'}           | /price             | must be a number",
        "{'price':1e999}           | /price             | must be a number",
        "{'color':'red'}           | /color             | must be one of [RED, GREEN]",
        "{'color':''}              | /color             | must be one of [RED, GREEN]",
        "{'color':0}               | /color             | must be one of [RED, GREEN]",
        "{'home':'x'}              | /home              | must be an object",
        "{'home':''}               | /home              | must be an object",
        "{'home':[]}               | /home              | must be an object",
        "{'home':{'street':5}}     | /home/street       | must be a string",
        "{'tags':'x'}              | /tags              | must be an array",
        "{'tags':['a',{}]}         | /tags/1            | must be a string",
        "{'tags':['a',null]}       | /tags/1            | must not be null",
        "{'others':[{},{'zip_code':[]}]} | /others/1/zip_code | must be a string",
        "{'others':[{'street':'a'},{'street':' '}]} | /others/1/street | must not be blank",
        "{'counts':{'a/b~':'x'}}   | /counts/a~1b~0     | must be an integer",
        "{'counts':{'a/b~':6}}     | /counts/a~1b~0     | must be less than or equal to 5",
        "{'at':5}                  | /at                | must be a date and time such as 2030-01-31T12:00:00Z",
        "{'at':'noon'}             | /at                | must be a date and time such as 2030-01-31T12:00:00Z",
        "{'id':'x'}                | /id                | must be a valid UUID",
        "{'itemCount':1}           | /itemCount         | is not a known property (expected one of: at, big, color, counts, gift, home, id, item_count, name, note, others, price, sender, tags)",
        "{'home':{'strret':1}}     | /home/strret       | is not a known property (expected one of: street, zip_code)",
        "{'item_count':0}          | /item_count        | must be greater than or equal to 1",
        "{'home':{'street':'a','zip_code':'123456'}} | /home/zip_code | size must be between 0 and 5",
        "{'tags':['a',' ']}        | /tags/1            | must not be blank",
        "{'name':'a\\u0000'}       | /name              | must be Unicode text without NUL and without lone surrogates",
        "{'tags':['\\ud800x']}     | /tags/0            | must be Unicode text without NUL and without lone surrogates",
        "{'name':'\\udc00'}        | /name              | must be Unicode text without NUL and without lone surrogates",
        "[]                        | ~~                 | must be an object",
        "'text'                    | ~~                 | must be an object",
        "1                         | ~~                 | must be an object",
      })
  void body_wrongValue_isInvalidAtItsPointer(String json, String pointer, String detail) {
    Wrong<?> wrong = wrong(body(json.replace('\'', '"')));

    assertThat(wrong.refusal()).isEqualTo(Refusal.INVALID);
    assertThat(wrong.violations())
        .containsExactly(new Violation(pointer == null ? "" : pointer, detail));
  }

  @Test
  void body_constraintWithoutValid_isNotLookedAt() {
    // As Jakarta Validation says: nested records are validated where @Valid asks for it.
    assertThat(valid(body("{\"sender\":{\"street\":\" \"}}")).sender().street()).isEqualTo(" ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"count", "gift", "price"})
  void body_missingPrimitive_isInvalid(String missing) {
    ObjectNode json =
        Json.MAPPER.createObjectNode().put("count", 1).put("gift", true).put("price", 1.5);
    assertThat(RecordBinder.body(Json.toBytes(json), Needs.class)).isInstanceOf(Valid.class);

    Wrong<?> absent = wrong(RecordBinder.body(Json.toBytes(json.remove(missing)), Needs.class));
    assertThat(absent.refusal()).isEqualTo(Refusal.INVALID);
    json.remove(missing);
    assertThat(wrong(RecordBinder.body(Json.toBytes(json), Needs.class)).violations())
        .extracting(Violation::pointer)
        .containsExactly("/" + missing);
    json.putNull(missing);
    assertThat(wrong(RecordBinder.body(Json.toBytes(json), Needs.class)).violations())
        .extracting(Violation::pointer)
        .containsExactly("/" + missing);
  }

  @Test
  void body_refusedByTheRecordItself_saysWhy() {
    assertThat(
            wrong(RecordBinder.body("{\"from\":2,\"to\":1}".getBytes(UTF_8), Range.class))
                .violations())
        .containsExactly(new Violation("", "from: 2 (expected: <= to)"));
  }

  @Test
  void body_severalMistakes_areFoundTogetherInOrder() {
    assertThat(wrong(body("{\"tags\":[\" \"],\"name\":\"abcd\",\"item_count\":10}")).violations())
        .containsExactly(
            new Violation("/item_count", "must be less than or equal to 9"),
            new Violation("/name", "size must be between 0 and 3"),
            new Violation("/tags/0", "must not be blank"));
  }

  @Test
  void body_countlessMistakes_giveABoundedAnswer() {
    Wrong<?> wrong = wrong(body("{\"tags\":[\"\"" + ",\"\"".repeat(10_000) + "]}"));

    assertThat(wrong.violations()).hasSize(RecordBinder.MAX_VIOLATIONS);
  }

  @Test
  void body_hostileNames_comeBackAsPlainText() {
    for (String name : List.of("\\u0000", "\\ud83d\\ude00".repeat(150), "n".repeat(900))) {
      Wrong<?> wrong = wrong(body("{\"" + name + "\":1}"));
      assertThat(wrong.violations()).hasSize(1);
      String pointer = wrong.violations().get(0).pointer();
      assertThat(PlainText.firstUnusable(pointer)).isEqualTo(-1);
      assertThat(pointer).hasSizeLessThan(300);
    }
  }

  @Test
  void messages_machineInAnotherLocale_areEnglish() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(wrong(body("{\"item_count\":0}")).violations())
          .containsExactly(new Violation("/item_count", "must be greater than or equal to 1"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void size_textWithEmoji_countsCodePoints() {
    assertThat(valid(body("{\"name\":\"😀😀😀\"}")).name()).isEqualTo("😀😀😀");
    assertThat(wrong(body("{\"name\":\"😀😀😀😀\"}")).violations()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=5,         5",
    "limit=%35,       5",
    "all=true&limit=7, 7",
    "near=-1.5e2&limit=1, 1",
    "color=RED&limit=1, 1",
    "q=&limit=1, 1",
  })
  void query_goodText_isConverted(String query, int limit) {
    assertThat(valid(query(query)).limit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=           | /query/limit | must be an integer",
        "limit            | /query/limit | must be an integer",
        "limit=x          | /query/limit | must be an integer",
        "limit=1.0        | /query/limit | must be an integer",
        "limit=0x1        | /query/limit | must be an integer",
        "limit=9999999999 | /query/limit | must be an integer",
        "limit=101        | /query/limit | must be less than or equal to 100",
        "all=yes          | /query/all   | must be true or false",
        "all=1            | /query/all   | must be true or false",
        "color=BLUE       | /query/color | must be one of [RED, GREEN]",
        "color=0          | /query/color | must be one of [RED, GREEN]",
        "near=NaN         | /query/near  | must be a number",
        "near=Infinity    | /query/near  | must be a number",
        "near=1d          | /query/near  | must be a number",
        "near=1e999       | /query/near  | must be a number",
        "q=%00            | /query/q     | must be Unicode text without NUL and without lone surrogates",
        "page=1           | /query/page  | is not a known property (expected one of: all, color, limit, near, q)",
        "=1               | /query/      | is not a known property (expected one of: all, color, limit, near, q)",
      })
  void query_badText_isInvalidAtItsPointer(String query, String pointer, String detail) {
    Wrong<?> wrong = wrong(query(query));

    assertThat(wrong.refusal()).isEqualTo(Refusal.INVALID);
    assertThat(wrong.violations()).containsExactly(new Violation(pointer, detail));
  }

  private static Bound<Order> body(String json) {
    return RecordBinder.body(json.getBytes(UTF_8), Order.class);
  }

  private static Bound<Query> query(String query) {
    return RecordBinder.text(valid(QueryString.parse(query)), Query.class, "/query");
  }

  private static <T> T valid(Bound<T> bound) {
    assertThat(bound).isInstanceOf(Valid.class);
    return ((Valid<T>) bound).value();
  }

  private static Wrong<?> wrong(Bound<?> bound) {
    assertThat(bound).isInstanceOf(Wrong.class);
    return (Wrong<?>) bound;
  }
}
