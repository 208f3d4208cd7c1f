package dev.starling.bench.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.load.User;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Events that must not be taken, and some at the edge that may be. Used from one thread. */
final class HostileEvents {
  private static final String FORM = "form";
  private static final String TIME = "time";
  private static final String SIZE = "size";
  private static final String CONTENT = "content";
  private static final String PICTURE = "picture";
  private static final int MALFORMED = 400;
  private static final int TOO_LARGE = 413;
  private static final int UNSUPPORTED = 415;
  private static final int INVALID = 422;
  private static final int ACCEPTED = Acknowledgements.ACCEPTED;
  private static final int MIB = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final User user;
  private final String anyUrl;
  private final List<Attack> attacks = new ArrayList<>();
  private int made;

  /**
   * @param user who sends them
   * @param anyUrl that must not be fetched
   */
  HostileEvents(User user, String anyUrl) {
    this.user = user;
    this.anyUrl = anyUrl;
  }

  List<Attack> all() {
    forms();
    times();
    sizes();
    contents();
    pictures();
    return attacks;
  }

  private void forms() {
    add(FORM, "HTML", Request.events("text/html", bytes("<p>")), UNSUPPORTED, "content-type");
    add(FORM, "JSON alone", Request.events("application/json", bytes("{}")), UNSUPPORTED, "ce-");
    add(
        FORM,
        "UTF-16",
        Request.events(Request.ONE + "; charset=utf-16", event(e -> {})),
        UNSUPPORTED,
        "");
    add(FORM, "half a JSON", one("{\"specversion\":\"1.0\","), MALFORMED, "not JSON");
    add(FORM, "two JSONs", one(text(e -> {}) + "{}"), MALFORMED, "not JSON");
    add(FORM, "nothing", one(""), INVALID, MALFORMED);
    add(
        FORM,
        "bytes that are no UTF-8",
        Request.events(Request.ONE, new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', '}'}),
        MALFORMED,
        "not JSON");
    add(FORM, "10,000 lists in each other", one(nested("[", 10_000)), INVALID, MALFORMED);
    add(
        FORM,
        "10,000 objects in each other",
        one(text(e -> e.put("data", "{DEEP}")).replace("\"{DEEP}\"", nested("{\"a\":", 10_000))),
        INVALID,
        MALFORMED);
    add(FORM, "a batch that is no list", Request.batch(text(e -> {})), INVALID, "list");
    for (String missing : List.of("specversion", "id", "source", "type", "time", "data")) {
      add(FORM, "without " + missing, one(text(e -> e.remove(missing))), INVALID, missing);
    }
    add(FORM, "another version", one(text(e -> e.put("specversion", "0.3"))), INVALID, "1.0");
    add(FORM, "an unknown type", one(text(e -> e.put("type", "com.example.x"))), INVALID, "type");
    add(FORM, "no device", one(text(e -> e.put("source", "/x"))), INVALID, "/devices/");
    add(
        FORM,
        "a device beyond its path",
        one(text(e -> e.put("source", "/devices/../admin"))),
        INVALID,
        "/devices/");
    add(FORM, "NUL in an id", one(text(e -> e.put("id", "a\0b"))), INVALID, "id");
    add(
        FORM,
        "half a character",
        one(text(e -> e.put("id", "HALF")).replace("HALF", "a\\ud800")),
        INVALID,
        MALFORMED);
    add(
        FORM,
        "one of a batch is wrong",
        Request.batch("[" + text(e -> {}) + "," + text(e -> e.put("time", "noon")) + "]"),
        INVALID,
        "events[1]");
    add(
        FORM,
        "the same attribute twice",
        one(text(e -> {}).replaceFirst("\\{", "{\"id\":\"other\",")),
        INVALID,
        "twice");
  }

  private void times() {
    Instant now = Instant.now();
    add(TIME, "no time", one(text(e -> e.put("time", "yesterday"))), INVALID, "RFC 3339");
    add(TIME, "1970", one(text(e -> e.put("time", "1970-01-01T00:00:00Z"))), INVALID, "within");
    add(TIME, "8 days ago", at("time", now.minus(Duration.ofDays(8))), INVALID, "within");
    add(TIME, "in 2 days", at("time", now.plus(Duration.ofDays(2))), INVALID, "a day");
    add(TIME, "in 100 years", at("time", now.plus(36_500, ChronoUnit.DAYS)), INVALID, "a day");
    add(TIME, "sent in 2 days", at("sentat", now.plus(Duration.ofDays(2))), INVALID, "sentat");
    add(
        TIME,
        "the year 999999999",
        one(text(e -> e.put("time", "+999999999-12-31T23:59:59-18:00"))),
        INVALID,
        "time");
    add(TIME, "February 30", one(text(e -> e.put("time", "2030-02-30T00:00:00Z"))), INVALID, "");
    add(TIME, "a number", one(text(e -> e.put("time", 1e18))), INVALID, "time");
  }

  private void sizes() {
    add(SIZE, "a batch of 10,000", Request.batch(many(10_000)), TOO_LARGE, "at most 500");
    add(SIZE, "a batch of 501", Request.batch(many(501)), TOO_LARGE, "at most 500");
    add(
        SIZE,
        "a body of 17 MiB",
        Request.events(Request.ONE, new byte[17 * MIB]),
        TOO_LARGE,
        "too large");
    add(SIZE, "an id of 129", one(text(e -> e.put("id", "x".repeat(129)))), INVALID, "128");
    add(SIZE, "100,000 attributes", one(attributes(100_000)), INVALID, "attributes");
    add(
        SIZE,
        "a transcript of 60,000",
        one(text(e -> speech(e).put("transcript", "la ".repeat(20_000)))),
        INVALID,
        "2000");
    add(
        SIZE,
        "a transcript of a MiB",
        one(text(e -> speech(e).put("transcript", "x".repeat(MIB)))),
        INVALID,
        MALFORMED);
    add(
        SIZE,
        "33 labels",
        one(
            text(
                e -> {
                  var labels = image(e).putArray("labels");
                  for (int i = 0; i < 33; i++) {
                    labels.add("label " + i);
                  }
                })),
        INVALID,
        "labels");
    add(
        SIZE,
        "a number of 10,000 digits",
        one(text(e -> speech(e).put("confidence", 7)).replace(":7", ":0." + "1".repeat(10_000))),
        INVALID,
        MALFORMED);
    add(
        SIZE,
        "a name of 100,000",
        one(text(e -> e.put("n".repeat(100_000), 1))),
        INVALID,
        MALFORMED);
  }

  private void contents() {
    add(CONTENT, "another's events", one(text(e -> e.put("userid", "x"))), INVALID, "userid");
    add(
        CONTENT,
        "another's events, in a header",
        binary("image/png", HostilePictures.good()).with("ce-userid", "x"),
        INVALID,
        "userid");
    add(
        CONTENT,
        "another's events, in the data",
        one(text(e -> behaviour(e).put("user_id", "x"))),
        INVALID,
        "user_id");
    add(CONTENT, "data that is a text", one(text(e -> e.put("data", "x"))), INVALID, "data");
    add(CONTENT, "data that is nothing", one(text(e -> e.putNull("data"))), INVALID, "data");
    add(
        CONTENT,
        "an action in SQL",
        one(text(e -> behaviour(e).put("action", "x'; DROP TABLE users; --"))),
        INVALID,
        "action");
    add(
        CONTENT,
        "surer than sure",
        one(text(e -> speech(e).put("confidence", 1.5))),
        INVALID,
        "confidence");
    add(
        CONTENT,
        "a URL with a password",
        one(text(e -> image(e).put("url", "https://me:secret@example.com/"))),
        INVALID,
        "password");
    add(CONTENT, "a URL that is none", one(text(e -> image(e).put("url", "::"))), INVALID, "url");
    add(
        CONTENT,
        "a URL inside, which is not fetched",
        one(text(e -> image(e).put("url", anyUrl))),
        ACCEPTED,
        "");
  }

  private void pictures() {
    add(PICTURE, "a good one", png(HostilePictures.good()), ACCEPTED, "");
    add(
        PICTURE,
        "60,000 x 60,000 in 100 bytes",
        png(HostilePictures.declaring(60_000, 60_000)),
        TOO_LARGE,
        "pixels");
    add(
        PICTURE,
        "2 billion wide",
        png(HostilePictures.declaring(Integer.MAX_VALUE, 1)),
        TOO_LARGE,
        "size");
    add(PICTURE, "no height", png(HostilePictures.declaring(16, 0)), INVALID, "size");
    add(
        PICTURE,
        "900 million black pixels, all there",
        png(HostilePictures.black(30_000, 30_000)),
        TOO_LARGE,
        "pixels");
    add(
        PICTURE,
        "the same as base64",
        base64(HostilePictures.black(30_000, 30_000)),
        TOO_LARGE,
        "pixels");
    add(
        PICTURE,
        "63 million black pixels, which are read in part",
        png(HostilePictures.black(9_000, 7_000)),
        ACCEPTED,
        "");
    add(
        PICTURE,
        "a comment of 512 MiB, which nobody unfolds",
        png(HostilePictures.withComment(512 * MIB)),
        ACCEPTED,
        "");
    add(PICTURE, "half a file", png(HostilePictures.cut()), INVALID, "PNG");
    add(PICTURE, "a damaged file", png(HostilePictures.damaged()), INVALID, "PNG");
    add(
        PICTURE,
        "a JPEG of 65,000 x 65,000 in 23 bytes",
        binary("image/jpeg", HostilePictures.jpegDeclaring(65_000, 65_000)),
        TOO_LARGE,
        "pixels");
    add(PICTURE, "a GIF called PNG", png(HostilePictures.gif()), INVALID, "");
    add(PICTURE, "a text called PNG", png(bytes("hello")), INVALID, "");
    add(
        PICTURE,
        "an SVG with an entity",
        binary("image/svg+xml", HostilePictures.svg()),
        UNSUPPORTED,
        "");
    add(PICTURE, "an SVG called PNG", png(HostilePictures.svg()), INVALID, "");
    add(PICTURE, "no bytes at all", png(new byte[0]), INVALID, MALFORMED);
    add(
        PICTURE,
        "no base64",
        one(text(e -> image(e).put("bytes_base64", "***"))),
        INVALID,
        "base64");
    add(PICTURE, "9 MiB", binary("image/png", new byte[9 * MIB]), TOO_LARGE, "bytes");
    add(
        PICTURE,
        "bytes and a URL",
        one(text(e -> image(e).put("bytes_base64", "AAAA").put("url", anyUrl))),
        INVALID,
        "url");
  }

  private void add(String group, String name, Request request, int status, String says) {
    attacks.add(Attack.of(group, name, request.by(user), status, says));
  }

  /** Where it depends on how far it was read. */
  private void add(String group, String name, Request request, int status, int other) {
    attacks.add(new Attack(group, name, request.by(user), Set.of(status, other), ""));
  }

  private static Request one(String json) {
    return Request.events(Request.ONE, bytes(json));
  }

  private Request at(String attribute, Instant time) {
    return one(text(e -> e.put(attribute, time.toString())));
  }

  private Request png(byte[] file) {
    return binary("image/png", file);
  }

  private Request binary(String contentType, byte[] file) {
    return Request.events(contentType, file)
        .with("ce-specversion", "1.0")
        .with("ce-id", id())
        .with("ce-source", EventJson.source(Household.PHONE))
        .with("ce-type", "dev.starling.fusion.image")
        .with("ce-time", Instant.now().toString())
        .with("ce-imageid", "picture");
  }

  private Request base64(byte[] file) {
    return one(text(e -> image(e).put("bytes_base64", Base64.getEncoder().encodeToString(file))));
  }

  private byte[] event(Consumer<ObjectNode> change) {
    return bytes(text(change));
  }

  /** An event that is as it should be, but for one thing. */
  private String text(Consumer<ObjectNode> change) {
    ObjectNode event = JSON.createObjectNode();
    event.put("specversion", "1.0").put("id", id());
    event.put("source", EventJson.source(Household.PHONE));
    event.put("time", Instant.now().toString());
    behaviour(event);
    change.accept(event);
    return event.toString();
  }

  private static ObjectNode behaviour(ObjectNode event) {
    event.put("type", "dev.starling.fusion.behaviour");
    return event.putObject("data").put("action", "app_opened");
  }

  private static ObjectNode speech(ObjectNode event) {
    event.put("type", "dev.starling.fusion.speech");
    return event.putObject("data").put("transcript", "hello").put("confidence", 0.9);
  }

  private static ObjectNode image(ObjectNode event) {
    event.put("type", "dev.starling.fusion.image");
    return event.putObject("data").put("image_id", "picture");
  }

  private String many(int count) {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(text(e -> {}));
    }
    return "[" + String.join(",", events) + "]";
  }

  private String attributes(int count) {
    return text(
        e -> {
          for (int i = 0; i < count; i++) {
            e.put("x" + i, i);
          }
        });
  }

  private String id() {
    return "hostile-" + made++;
  }

  private static String nested(String opening, int levels) {
    return opening.repeat(levels);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
