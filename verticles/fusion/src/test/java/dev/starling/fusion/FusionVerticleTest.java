package dev.starling.fusion;

import static dev.starling.fusion.FusionNodes.event;
import static dev.starling.fusion.FusionNodes.json;
import static dev.starling.fusion.FusionNodes.refusal;
import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.postgres.shards.Shards;
import dev.starling.testkit.TestServer;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node on a real database with all its shards. */
@Timeout(120)
class FusionVerticleTest {
  private static final List<String> NO_PATH = List.of();

  private static FusionNodes nodes;
  private static FusionNodes.Node node;

  private UUID user;

  @BeforeAll
  static void start() {
    nodes = new FusionNodes(FusionVerticleTest.class, new NewestImage());
    node = nodes.add();
  }

  @AfterAll
  static void stop() {
    nodes.close();
  }

  @BeforeEach
  void newUser() {
    user = UUID.randomUUID();
    nodes.neighbours().silent(false);
  }

  @Test
  void batch_newEvents_areAcceptedAndStored() {
    OperationReply reply =
        nodes.post(
            user,
            nodes.image("i-1", nodes.now()),
            nodes.done("b-1", nodes.now(), "app_opened"),
            nodes.said("u-1", nodes.now(), "hello"));

    assertThat(((Done) reply).kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(json(reply)).hasToString("{\"accepted\":3,\"duplicates\":0}");
    assertThat(nodes.events(user)).isEqualTo(3);
    assertThat(nodes.due(user)).isEqualTo(1);
  }

  @Test
  void batch_sentAgain_isDuplicatesOnly() {
    String event = nodes.said("u-1", nodes.now(), "hello");
    nodes.post(user, event);

    OperationReply reply = nodes.post(user, event, event, nodes.image("i-1", nodes.now()));

    assertThat(json(reply)).hasToString("{\"accepted\":1,\"duplicates\":2}");
    assertThat(nodes.events(user)).isEqualTo(2);
  }

  @Test
  void event_otherContentUnderTheSameId_isADuplicateAndChangesNothing() {
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));

    OperationReply reply =
        nodes.post(user, nodes.said("u-1", nodes.now().minusSeconds(5), "set it as wallpaper"));

    assertThat(json(reply)).hasToString("{\"accepted\":0,\"duplicates\":1}");
    nodes.pass();
    assertThat(nodes.decided(user, "u-1", 1).path("status").asText()).isEqualTo("none");
  }

  @Test
  void event_sameSourceAndIdOfAnotherUser_isAnotherEvent() {
    String event = nodes.image("i-1", nodes.now());
    nodes.post(user, event);

    assertThat(json(nodes.post(UUID.randomUUID(), event)).path("accepted").asInt()).isEqualTo(1);
  }

  @Test
  void batch_oneThatIsUnusable_isRefusedAsAWhole() {
    OperationReply reply =
        nodes.post(
            user,
            nodes.image("i-1", nodes.now()),
            nodes.image("i-2", nodes.now()).replace("/devices/", "/users/"));

    assertThat(refusal(reply)).startsWith("INVALID: events[1] source: /users/phone-1 (expected:");
    assertThat(nodes.events(user)).isZero();
  }

  @Test
  void batch_empty_isTaken() {
    assertThat(json(nodes.post(user))).hasToString("{\"accepted\":0,\"duplicates\":0}");
  }

  @Test
  void structured_oneEvent_isTaken() {
    OperationReply reply =
        nodes.take(
            user, "application/cloudevents+json; charset=UTF-8", nodes.image("i-1", nodes.now()));

    assertThat(json(reply).path("accepted").asInt()).isEqualTo(1);
  }

  @Test
  void binary_dataWithHeaders_isTaken() {
    OperationReply reply =
        nodes.take(
            user,
            "application/json",
            "{\"action\":\"app_opened\"}",
            headers("behaviour", "b%C3%A9-1"));

    assertThat(json(reply).path("accepted").asInt()).isEqualTo(1);
    assertThat(
            nodes.count(
                user,
                "SELECT count(*) FROM {shard}.fusion_events"
                    + " WHERE user_id = {user} AND id = 'bé-1'"))
        .isEqualTo(1);
  }

  @Test
  void binary_picture_isDescribedAndItsBytesAreNotKept() {
    Header[] headers = headers("image", "i-1");
    Header[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = new Header("ce-imageid", "photo-7");

    OperationReply reply = nodes.take(user, "image/jpeg", "pixels".getBytes(UTF_8), all);

    assertThat(json(reply).path("accepted").asInt()).isEqualTo(1);
    String content = content("i-1");
    assertThat(json(content).path("seen").path("width").asInt()).isEqualTo(6);
    assertThat(json(content).path("seen").path("colors").path(0).path("name").asText())
        .isEqualTo("red");
    assertThat(json(content).path("exif").path("taken_at").asText())
        .isEqualTo("2030-01-01T09:59:59Z");
    assertThat(content).doesNotContain("pixels");
  }

  @Test
  void picture_thatCannotBeUsed_isRefusedWithItsDetail() {
    // "no…" and "bomb".
    assertThat(refusal(nodes.post(user, picture("bm90IGE="))))
        .isEqualTo("INVALID: events[0] data: image: no picture (expected: JPEG)");
    assertThat(refusal(nodes.post(user, picture("Ym9tYg=="))))
        .isEqualTo("TOO_LARGE: events[0] data: image: 10^9 pixels (expected: <= 10^8)");
    assertThat(nodes.events(user)).isZero();
  }

  @Test
  void body_ofAnotherContentType_isRefused() {
    assertThat(refusal(nodes.take(user, "application/json", "{}")))
        .startsWith("UNSUPPORTED_MEDIA_TYPE: content-type: application/json (expected:");
    assertThat(refusal(nodes.take(user, "application/cloudevents+json; charset=utf-16", "{}")))
        .startsWith("UNSUPPORTED_MEDIA_TYPE");
    assertThat(refusal(nodes.take(user, "image/gif", "GIF89a", headers("image", "i"))))
        .startsWith("UNSUPPORTED_MEDIA_TYPE: content-type: image/gif");
  }

  @Test
  void utterance_whileTextFeaturesAreAway_isTakenAndDecidedWhenTheyAreBack() {
    nodes.neighbours().silent(true);
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));
    nodes.pass();
    TestServer.await("an attempt", () -> node.counter("fusion.decisions.postponed") >= 1);
    assertThat(nodes.decisions(user)).isZero();

    nodes.neighbours().silent(false);

    assertThat(nodes.decided(user, "u-1", 1).path("status").asText()).isEqualTo("none");
    // Of "a picture", which the resolver wants.
    assertThat(explained("u-1").path("readings").path(0).asText()).isEqualTo("vectors: 1");
  }

  @Test
  void utterance_beforeTheBoundHasPassed_isNotDecided() {
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));

    OperationReply reply = nodes.ask(user, "fusion.find-decision", NO_PATH, "utterance=u-1");

    assertThat(refusal(reply)).startsWith("ABSENT: the utterance is not decided yet");
    assertThat(refusal(nodes.ask(user, "fusion.find-decision", NO_PATH, "utterance=u-2")))
        .isEqualTo("ABSENT: there is no such utterance");
  }

  @Test
  void utterance_isACommand_isDecidedAndTheDeviceIsTold() {
    Instant at = nodes.now();
    nodes.post(
        user, nodes.image("i-1", at.minusSeconds(9)), nodes.image("i-2", at.minusSeconds(5)));
    nodes.post(user, nodes.said("u-1", at, "set it as wallpaper"));
    nodes.pass();

    JsonNode decision = nodes.decided(user, "u-1", 1);

    assertThat(decision.path("utterance_id").asText()).isEqualTo("u-1");
    assertThat(decision.path("status").asText()).isEqualTo("resolved");
    assertThat(decision.path("intent").asText()).isEqualTo("set_wallpaper");
    assertThat(decision.path("target")).hasToString("{\"kind\":\"image\",\"id\":\"i-2\"}");
    assertThat(decision.path("device").asText()).isEqualTo("phone-1");
    assertThat(decision.path("question").isNull()).isTrue();
    List<JsonNode> commands = nodes.told(user, FusionEvents.COMMAND);
    assertThat(commands).hasSize(1);
    assertThat(commands.get(0).path("command_id")).isEqualTo(decision.path("command"));
    assertThat(commands.get(0).path("device").asText()).isEqualTo("phone-1");
    assertThat(commands.get(0).path("target").path("id").asText()).isEqualTo("i-2");
    assertThat(commands.get(0).path("decision").path("id").asText()).isEqualTo("u-1");
    assertThat(commands.get(0).path("revision").asInt()).isEqualTo(1);
    assertThat(nodes.told(user, FusionNews.DECIDED)).hasSize(1);
  }

  @Test
  void utterance_thatIsAmbiguous_isAskedAndNoDeviceIsTold() {
    Instant at = nodes.now();
    nodes.post(
        user,
        nodes.image("i-1", at.minusSeconds(9)),
        nodes.image("i-2", at.minusSeconds(5)),
        nodes.said("u-1", at, "which wallpaper"));
    nodes.pass();

    JsonNode decision = nodes.decided(user, "u-1", 1);

    assertThat(decision.path("status").asText()).isEqualTo("asked");
    assertThat(decision.path("question").asText()).isEqualTo("Which picture?");
    assertThat(decision.path("target").isNull()).isTrue();
    assertThat(decision.path("options")).hasSize(2);
    assertThat(nodes.told(user, FusionEvents.COMMAND)).isEmpty();
  }

  @Test
  void command_thatIsStored_isBroughtAtOnceAndIsInTheOutbox() {
    Instant at = nodes.now();
    nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    JsonNode decision = nodes.decided(user, "u-1", 1);

    TestServer.await(
        "it is brought",
        () ->
            nodes.neighbours().brought().stream()
                .anyMatch(event -> event.owner().equals(user.toString())));
    Event event =
        nodes.neighbours().brought().stream()
            .filter(one -> one.owner().equals(user.toString()))
            .findFirst()
            .orElseThrow();
    assertThat(event.type()).isEqualTo(FusionEvents.COMMAND);
    assertThat(event.data()).contains(decision.path("command").asText());
    assertThat(
            nodes.count(
                user,
                "SELECT count(*) FROM {shard}.outbox WHERE owner = {user} AND id = '%s'"
                    .formatted(event.id())))
        .isEqualTo(1);
  }

  @Test
  void lateEvent_thatChangesADecision_makesACorrection() {
    Instant at = nodes.now();
    nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    JsonNode first = nodes.decided(user, "u-1", 1);
    nodes.clock().advance(Duration.ofSeconds(3));

    nodes.post(user, nodes.image("i-2", at.minusSeconds(5)));

    JsonNode second = nodes.decided(user, "u-1", 2);
    assertThat(second.path("target").path("id").asText()).isEqualTo("i-2");
    List<JsonNode> commands = nodes.told(user, FusionEvents.COMMAND);
    assertThat(commands).hasSize(2);
    assertThat(commands.get(1).path("replaces")).isEqualTo(first.path("command"));
    assertThat(commands.get(1).path("revision").asInt()).isEqualTo(2);
    List<JsonNode> corrections = nodes.told(user, FusionNews.CORRECTED);
    assertThat(corrections).hasSize(1);
    assertThat(corrections.get(0).path("replaces").asInt()).isEqualTo(1);
    assertThat(explained("u-1").path("decision").path("revision").asInt()).isEqualTo(2);
    assertThat(
            json(nodes.ask(user, "fusion.explain-decision", List.of("u-1"), "revision=1"))
                .path("decision")
                .path("target")
                .path("id")
                .asText())
        .isEqualTo("i-1");
  }

  @Test
  void lateEvent_afterWhichNoCommandIsClear_takesTheCommandBack() {
    Instant at = nodes.now();
    nodes.post(
        user,
        nodes.image("i-1", at.minusSeconds(9)),
        nodes.said("u-1", at, "the only one as wallpaper"));
    nodes.pass();
    JsonNode first = nodes.decided(user, "u-1", 1);
    nodes.clock().advance(Duration.ofSeconds(3));

    nodes.post(user, nodes.image("i-2", at.minusSeconds(5)));

    assertThat(nodes.decided(user, "u-1", 2).path("status").asText()).isEqualTo("asked");
    assertThat(nodes.told(user, FusionEvents.COMMAND)).hasSize(1);
    List<JsonNode> withdrawals = nodes.told(user, FusionEvents.WITHDRAWAL);
    assertThat(withdrawals).hasSize(1);
    assertThat(withdrawals.get(0).path("command_id")).isEqualTo(first.path("command"));
    assertThat(withdrawals.get(0).path("revision").asInt()).isEqualTo(2);
  }

  @Test
  void window_thatCloses_takesWhatCameLateUnnoticed() {
    Instant at = nodes.now();
    nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    nodes.decided(user, "u-1", 1);
    // As another node would have stored it whose word was lost.
    await(
        nodes
            .postgres()
            .pool()
            .query(
                """
                INSERT INTO %1$s.fusion_events (user_id, source, id, modality, time, sent_at,
                  received_at, content)
                SELECT user_id, source, 'i-2', modality, time + interval '1 second', sent_at,
                  received_at + interval '1 second', replace(content, 'i-1', 'i-2')
                FROM %1$s.fusion_events WHERE user_id = '%2$s' AND id = 'i-1'"""
                    .formatted(Shards.schema(Shards.of(user)), user))
            .execute());

    nodes.clock().advance(Duration.ofMinutes(2));

    TestServer.await("the window is closed", () -> nodes.due(user) == 0);
    assertThat(nodes.decided(user, "u-1", 2).path("target").path("id").asText()).isEqualTo("i-2");
  }

  @Test
  void window_thatClosesWithNothingNew_leavesTheDecision() {
    Instant at = nodes.now();
    nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    nodes.decided(user, "u-1", 1);
    assertThat(nodes.due(user)).isEqualTo(1);

    nodes.clock().advance(Duration.ofMinutes(2));

    TestServer.await("the window is closed", () -> nodes.due(user) == 0);
    assertThat(nodes.decisions(user)).isEqualTo(1);
    assertThat(nodes.told(user, FusionNews.CORRECTED)).isEmpty();
  }

  @Test
  void lateEvent_thatHappenedAfterwards_changesNothing() {
    Instant at = nodes.now();
    nodes.post(user, nodes.image("i-1", at.minusSeconds(9)), nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    nodes.decided(user, "u-1", 1);
    nodes.clock().advance(Duration.ofSeconds(3));
    nodes.post(user, nodes.image("i-2", at.plusSeconds(1)));

    nodes.clock().advance(Duration.ofMinutes(2));

    TestServer.await("the window is closed", () -> nodes.due(user) == 0);
    assertThat(nodes.decisions(user)).isEqualTo(1);
  }

  @Test
  void coreThatFails_doesNotKeepOthersFromBeingDecided() {
    nodes.post(
        user, nodes.said("u-1", nodes.now(), "break"), nodes.said("u-2", nodes.now(), "hello"));
    nodes.pass();

    assertThat(nodes.decided(user, "u-2", 1).path("status").asText()).isEqualTo("none");
    TestServer.await(
        "it is put off",
        () ->
            nodes.count(
                    user,
                    "SELECT count(*) FROM {shard}.fusion_due WHERE user_id = {user}"
                        + " AND revision = 0 AND due_at > '%s'".formatted(nodes.now()))
                == 1);
  }

  @Test
  void decision_waitedFor_comesWhenItIsMade() {
    Future<OperationReply> waiting = nodes.asking(user, "utterance=u-1&wait_ms=20000");
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));
    nodes.pass();

    assertThat(json(await(waiting)).path("status").asText()).isEqualTo("none");
  }

  @Test
  void decision_waitedForInVain_isNotDecided() {
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));

    OperationReply reply =
        nodes.ask(user, "fusion.find-decision", NO_PATH, "utterance=u-1&wait_ms=50");

    assertThat(refusal(reply)).startsWith("ABSENT: the utterance is not decided yet");
  }

  @Test
  void decision_sameIdFromTwoSources_needsTheSource() {
    nodes.post(
        user,
        nodes.said("u-1", nodes.now(), "hello"),
        nodes.said("u-1", nodes.now(), "hello").replace("phone-1", "tv-1"));
    nodes.pass();
    TestServer.await("both are decided", () -> nodes.decisions(user) == 2);

    assertThat(refusal(nodes.ask(user, "fusion.find-decision", NO_PATH, "utterance=u-1")))
        .contains("several sources have an utterance of this id");
    assertThat(
            json(nodes.ask(
                    user,
                    "fusion.find-decision",
                    NO_PATH,
                    "utterance=u-1&source=%2Fdevices%2Ftv-1"))
                .path("source")
                .asText())
        .isEqualTo("/devices/tv-1");
  }

  @Test
  void decision_ofAnotherUser_isAbsent() {
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));
    nodes.pass();
    nodes.decided(user, "u-1", 1);
    UUID stranger = UUID.randomUUID();

    assertThat(refusal(nodes.ask(stranger, "fusion.find-decision", NO_PATH, "utterance=u-1")))
        .isEqualTo("ABSENT: there is no such utterance");
    assertThat(refusal(nodes.ask(stranger, "fusion.explain-decision", List.of("u-1"), "")))
        .isEqualTo("ABSENT: there is no such decision");
  }

  @Test
  void explanation_ofADecision_saysWhyOthersLost() {
    Instant at = nodes.now();
    nodes.post(
        user,
        nodes.image("i-1", at.minusSeconds(9)),
        nodes.image("i-2", at.minusSeconds(5)),
        nodes.done("b-1", at.minusSeconds(4), "image_viewed"),
        nodes.said("u-1", at, "wallpaper"));
    nodes.pass();
    nodes.decided(user, "u-1", 1);

    JsonNode explanation = explained("u-1");

    assertThat(explanation.path("utterance").path("what").asText()).isEqualTo("wallpaper");
    assertThat(explanation.path("considered").asInt()).isEqualTo(4);
    assertThat(explanation.path("events").findValuesAsText("id"))
        .containsExactly("i-1", "i-2", "b-1", "u-1");
    assertThat(explanation.path("candidates").path(0).path("id").asText()).isEqualTo("i-2");
    assertThat(explanation.path("candidates").path(1).path("lost").asText()).isEqualTo("older");
    assertThat(explanation.path("devices").findValuesAsText("id"))
        .containsExactly("phone-1", "tv-1");
    assertThat(explanation.path("lateness_ms").asLong()).isEqualTo(100);
  }

  @Test
  void socket_events_areAnsweredEachById() {
    FusionNodes.Open socket = nodes.open(user, "fusion.stream");

    socket.send(
        nodes.image("i-1", nodes.now()),
        nodes.image("i-2", nodes.now()).replace("/devices/", "/users/"));
    socket.awaitItems(2);
    socket.send(nodes.image("i-1", nodes.now()));
    socket.awaitItems(3);
    socket.end();
    await(socket.closed.future());

    assertThat(socket.items)
        .extracting(item -> item.path("id").asText() + " " + item.path("outcome").asText())
        .containsExactlyInAnyOrder("i-1 accepted", "i-2 refused", "i-1 duplicate");
    assertThat(
            socket.items.stream()
                .filter(item -> item.path("id").asText().equals("i-2"))
                .findFirst()
                .orElseThrow()
                .path("reason")
                .asText())
        .startsWith("source: /users/phone-1 (expected:");
    assertThat(nodes.events(user)).isEqualTo(1);
  }

  @Test
  void socket_thousandEvents_areAllAnsweredAndStored() {
    FusionNodes.Open socket = nodes.open(user, "fusion.stream");
    socket.sendAll(
        IntStream.range(0, 1_000)
            .mapToObj(i -> nodes.done("b-" + i, nodes.now(), "touched"))
            .toList());
    socket.awaitItems(1_000);
    socket.end();
    await(socket.closed.future());

    assertThat(socket.items).hasSize(1_000);
    assertThat(nodes.events(user)).isEqualTo(1_000);
  }

  @Test
  void stream_ofDecisions_showsOnesOwnAndGoesOnWhereItWas() {
    FusionNodes.Open stream = nodes.open(user, "fusion.decisions");
    UUID stranger = UUID.randomUUID();
    nodes.post(stranger, nodes.said("s-1", nodes.now(), "hello"));
    nodes.post(user, nodes.said("u-1", nodes.now(), "hello"));
    nodes.pass();
    stream.awaitItems(1);
    nodes.decided(stranger, "s-1", 1);
    nodes.post(user, nodes.said("u-2", nodes.now(), "hello"));
    nodes.pass();
    stream.awaitItems(2);

    assertThat(stream.items)
        .extracting(item -> item.path("utterance_id").asText())
        .containsExactly("u-1", "u-2");
  }

  private JsonNode explained(String id) {
    return json(nodes.ask(user, "fusion.explain-decision", List.of(id), ""));
  }

  private String content(String id) {
    return await(
        nodes
            .postgres()
            .pool()
            .query(
                "SELECT content FROM %s.fusion_events WHERE user_id = '%s' AND id = '%s'"
                    .formatted(Shards.schema(Shards.of(user)), user, id))
            .execute()
            .map(rows -> rows.iterator().next().getString(0)));
  }

  private static String picture(String base64) {
    return event(
        "i-1",
        "image",
        nodes.now(),
        "{\"image_id\":\"i-1\",\"bytes_base64\":\"%s\"}".formatted(base64));
  }

  private static Header[] headers(String type, String id) {
    return new Header[] {
      new Header("ce-specversion", "1.0"),
      new Header("ce-id", id),
      new Header("ce-source", "/devices/phone-1"),
      new Header("ce-type", "dev.starling.fusion." + type),
      new Header("ce-time", nodes.now().toString())
    };
  }
}
