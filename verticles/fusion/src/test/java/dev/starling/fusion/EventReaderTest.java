package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Alternative;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {
  private static final Instant NOW = Instant.parse("2030-01-08T12:00:00Z");
  private static final EventReader READER = new EventReader(3, 6, Duration.ofDays(7));

  @Test
  void speech_withEverything_isRead() {
    NewEvent event =
        one(
            """
            {"data":{"alternatives":["set the four toe",{"transcript":"a","confidence":0.25}],
             "transcript":"set the photo as wallpaper","confidence":0.75,"language":"en"},
             "type":"dev.starling.fusion.speech","time":"2030-01-08T13:59:59.123456789+02:00",
             "sentat":"2030-01-08T12:00:01Z","source":"/devices/phone.1","id":"é-1",
             "specversion":"1.0","traceparent":"00-x","subject":"me","retries":3,"note":null}""");

    assertThat(event.event().source()).isEqualTo("/devices/phone.1");
    assertThat(event.event().deviceId()).isEqualTo("phone.1");
    assertThat(event.event().time()).isEqualTo("2030-01-08T11:59:59.123456Z");
    assertThat(event.event().sentAt()).isEqualTo("2030-01-08T12:00:01Z");
    assertThat(event.event().receivedAt()).isEqualTo(NOW);
    assertThat(event.zoneMinutes()).isEqualTo((short) 120);
    assertThat(event.event().content())
        .isEqualTo(
            new Content.Utterance(
                true,
                "set the photo as wallpaper",
                0.75,
                List.of(new Alternative("set the four toe", 0), new Alternative("a", 0.25)),
                "en"));
  }

  @Test
  void image_withBytes_hasThemDecoded() {
    NewEvent event =
        one(
            event(
                "image",
                "{\"bytes_base64\":\"AQID/w==\",\"image_id\":\"i\",\"labels\":[\"dog\",\"dog\"]}"));

    assertThat(event.picture()).containsExactly(1, 2, 3, -1);
    assertThat(((Content.Image) event.event().content()).labels()).containsExactly("dog");
    assertThat(event.zoneMinutes()).isNull();
  }

  @Test
  void image_withExifOfACamera_isReadInTheOffsetOfItsDevice() {
    NewEvent event =
        one(
            event(
                    "image",
                    """
                    {"image_id":"i","url":"https://example.org/i.jpg",\
                    "exif":{"DateTimeOriginal":"2030:01:08 11:00:00","Make":"Acme","ISO":200}}""")
                .replace("12:00:00Z", "12:00:00+01:00"));

    assertThat(((Content.Image) event.event().content()).exif())
        .isEqualTo(new Content.Exif(Instant.parse("2030-01-08T10:00:00Z"), "Acme", ""));
  }

  @Test
  void image_asDataBase64_isAPictureWithItsIdAsAttribute() {
    NewEvent event =
        one(
            event("image", "0")
                .replace(
                    "\"data\":0",
                    "\"data_base64\":\"AQI=\",\"datacontenttype\":\"image/png\",\"imageid\":\"i7\""));

    assertThat(event.picture()).containsExactly(1, 2);
    assertThat(((Content.Image) event.event().content()).imageId()).isEqualTo("i7");
  }

  @Test
  void sentat_beforeTheTime_countsAsTheTime() {
    NewEvent event =
        one(
            event("text", "{\"text\":\"hi\"}")
                .replace("\"data\"", "\"sentat\":\"2030-01-08T11:00:00Z\",\"data\""));

    assertThat(event.event().sentAt()).isEqualTo(event.event().time());
  }

  @Test
  void batch_events_areReadInTheirOrder() {
    String each =
        event("behaviour", "{\"action\":\"app_opened\",\"attributes\":{\"app\":\"x\",\"n\":2}}");

    List<NewEvent> events = READER.batch(bytes("[" + each + "," + each + "]"), NOW);

    assertThat(events).extracting(NewEvent::place).containsExactly("events[0] ", "events[1] ");
    assertThat(((Content.Behaviour) events.get(0).event().content()).attributes())
        .containsEntry("app", "x")
        .containsEntry("n", "2");
  }

  @Test
  void batch_mistakeInOneOfThem_isNamedWithItsPlace() {
    String good = event("text", "{\"text\":\"hi\"}");
    String bad = good.replace("12:00:00Z", "noon");

    assertThatThrownBy(() -> READER.batch(bytes("[" + good + "," + bad + "]"), NOW))
        .hasMessage(
            "events[1] time: 2030-01-08Tnoon (expected: RFC 3339, e.g."
                + " 2026-01-31T12:00:00.250+01:00)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"specversion\":\"1.0\"   | \"specversion\":\"0.3\"     | specversion: 0.3 (expected: 1.0)",
        "\"id\":\"e-1\",           | ` `                           | id: missing (expected: to be given)",
        "\"id\":\"e-1\"            | \"id\":\"\"                | id: 0 characters (expected: 1..256)",
        "\"id\":\"e-1\"            | \"id\":{}                   | id: an object (expected: text, a number or a truth value)",
        "\"id\":\"e-1\"            | \"id\":\"e\",\"id\":\"f\"   | id: given twice (expected: once)",
        "\"id\":\"e-1\"            | \"id\":\"\\u0000\"          | id: \uFFFD (expected: Unicode text without NUL",
        "/devices/phone-1          | /users/u/devices/phone-1   | source: /users/u/devices/phone-1 (expected: /devices/{deviceId}",
        "/devices/phone-1          | /devices/a b               | source: /devices/a b (expected:",
        "/devices/phone-1          | /devices/../x              | source: /devices/../x (expected:",
        "fusion.text               | fusion.video               | type: dev.starling.fusion.video (expected: dev.starling.fusion.speech,",
        "2030-01-08T12:00:00Z      | 2030-01-10T12:00:00Z       | time: 2030-01-10T12:00Z (expected: at most a day after 2030-01-08T12:00:00Z)",
        "2030-01-08T12:00:00Z      | 2029-12-31T12:00:00Z       | time: 2029-12-31T12:00Z (expected: within 7 days before 2030-01-08T12:00:00Z)",
        "2030-01-08T12:00:00Z      | +999999999-01-01T00:00:00Z | time: +999999999-01-01T00:00Z (expected: at most a day",
        "2030-01-08T12:00:00Z      | 1893499200                 | time: 1893499200 (expected: RFC 3339",
        "\"id\":\"e-1\"            | \"id\":\"e\",\"userid\":\"u\" | userid: u (expected: not to be given",
        "{\"text\":\"hi\"}         | {\"text\":\"\"}            | data.text: 0 characters (expected: 1..2000)",
        "{\"text\":\"hi\"}         | {\"text\":7}                | data.text: 7 (expected: text)",
        "{\"text\":\"hi\"}         | {\"text\":\"a\",\"user\":\"u\"} | data.user: unknown (expected: one of",
        "{\"text\":\"hi\"}         | {\"text\":\"a\",\"action\":\"b\"} | data.action: unknown (expected: one of language, text, transcript)",
        "{\"text\":\"hi\"}         | {}                          | data.text: missing (expected: to be given)",
        "{\"text\":\"hi\"}         | [1]                         | data: a list (expected: an object)",
        "{\"text\":\"hi\"}         | null                        | data: null (expected: an object)",
        "\"data\":{\"text\":\"hi\"} | \"x\":1                  | data: missing (expected: to be given)",
        "\"id\":\"e-1\"            | \"id\":\"e\",\"datacontenttype\":\"text/xml\" | datacontenttype: text/xml (expected: application/json)"
      })
  void event_thatBreaksARule_isRefusedNamingTheField(String what, String with, String message) {
    String text = event("text", "{\"text\":\"hi\"}").replace(what, with);

    UnusableEvent refused = catchThrowableOfType(UnusableEvent.class, () -> one(text));

    assertThat(refused).as(text).isNotNull();
    assertThat(refused.detail()).startsWith(message);
    assertThat(refusal(refused)).isEqualTo(Refusal.INVALID);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "speech    | {\"transcript\":\"a\"}                       | data.confidence: missing",
        "speech    | {\"transcript\":\"a\",\"confidence\":1.5}    | data.confidence: 1.5 (expected: 0..1)",
        "speech    | {\"transcript\":\"a\",\"confidence\":\"1\"}  | data.confidence: 1 (expected: a number of 0..1)",
        "speech    | {\"transcript\":\"a\",\"confidence\":NaN}    | not JSON",
        "speech    | {\"transcript\":\"a\",\"confidence\":1,\"alternatives\":[{}]} | data.alternatives[0].transcript: missing",
        "speech    | {\"transcript\":\"a\",\"confidence\":1,\"alternatives\":[1,2]} | data.alternatives[0]: 1 (expected: an object)",
        "image     | {\"caption\":\"a\"}                          | data.image_id: missing",
        "image     | {\"image_id\":\"i\",\"url\":\"x\"}           | data.url: x (expected: an absolute URL",
        "image     | {\"image_id\":\"i\",\"url\":\"http://u:p@h/\"} | data.url: http://u:p@h/ (expected: an absolute URL",
        "image     | {\"image_id\":\"i\",\"url\":\"http://h/\",\"bytes_base64\":\"AQ==\"} | data.url: given with the bytes",
        "image     | {\"image_id\":\"i\",\"bytes_base64\":\"%%%\"} | data.bytes_base64: not base64",
        "image     | {\"image_id\":\"i\",\"labels\":[\"\"]}       | data.labels[0]: 0 characters (expected: 1..64)",
        "image     | {\"image_id\":\"i\",\"exif\":{\"taken_at\":\"x\"}} | data.exif.taken_at: x (expected: RFC 3339",
        "image     | {\"image_id\":\"i\",\"exif\":{\"a\":{}}}     | data.exif.a: an object",
        "behaviour | {\"action\":\"Rm -rf\"}                      | data.action: Rm -rf (expected: a-z",
        "behaviour | {\"action\":\"a\",\"attributes\":[]}         | data.attributes: a list (expected: an object)",
        "behaviour | {\"action\":\"a\",\"attributes\":{\"\":1}}   | data.attributes: 0 characters (expected: 1..64)"
      })
  void data_thatBreaksARule_isRefusedNamingTheField(String type, String data, String message) {
    assertThatThrownBy(() -> one(event(type, data)))
        .isInstanceOf(UnusableEvent.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void picture_largerThanTheBound_isTooLarge() {
    UnusableEvent refused =
        catchThrowableOfType(
            UnusableEvent.class,
            () -> one(event("image", "{\"image_id\":\"i\",\"bytes_base64\":\"AQIDBAUGBwg=\"}")));

    assertThat(refused.detail())
        .isEqualTo("data.bytes_base64: more than 6 bytes (expected: at most 6)");
    assertThat(refusal(refused)).isEqualTo(Refusal.TOO_LARGE);
  }

  @Test
  void batch_ofMoreThanTheBound_isTooLarge() {
    String each = event("text", "{\"text\":\"hi\"}");

    assertThatThrownBy(() -> READER.batch(bytes("[%1$s,%1$s,%1$s,%1$s]".formatted(each)), NOW))
        .hasMessage("events: more than 3 (expected: at most 3)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"{\"id\":", "{} {}", "[1,2", "`\"text`", "{'a':1}"})
  void body_thatIsNotJson_isMalformed(String body) {
    UnusableEvent refused = catchThrowableOfType(UnusableEvent.class, () -> one(body));

    assertThat(refused).isNotNull();
    assertThat(refusal(refused)).isIn(Refusal.MALFORMED, Refusal.INVALID);
  }

  @Test
  void body_nestedWithoutEnd_isMalformed() {
    assertThatThrownBy(() -> one("{\"x\":" + "[".repeat(5_000))).isInstanceOf(UnusableEvent.class);
    assertThatThrownBy(() -> one(event("text", "{\"text\":" + "{\"a\":".repeat(5_000))))
        .isInstanceOf(UnusableEvent.class);
  }

  private static Refusal refusal(UnusableEvent event) {
    return ((Refused) event.<Void>reply().toMessage()).refusal();
  }

  private static String event(String type, String data) {
    return FusionNodes.event("e-1", type, Instant.parse("2030-01-08T12:00:00Z"), data);
  }

  private static NewEvent one(String json) {
    return READER.one(bytes(json), NOW);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
