package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.devices.DevicesNode.PHONE;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestOrders;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that fusion decides is booked once, in the state that it deserves. */
@Timeout(60)
class BookingTest {
  private static DevicesNode devices;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start(@TempDir Path directory) {
    devices = new DevicesNode(directory);
    devices.settings().put("max-open-per-device", 3);
    devices.deploy();
    devices.deploy();
  }

  @AfterAll
  static void stop() {
    devices.close();
  }

  @BeforeEach
  void register() {
    devices.put(user, "lamp", LAMP);
    devices.put(user, "phone", PHONE);
  }

  @Test
  void command_deviceCan_isPendingWithAllThatWasDecided() {
    TestCommand command = TestCommand.wallpaper(user, "phone");

    assertThat(devices.deliver(command)).isEqualTo(Settled.DONE);

    JsonNode booked = devices.command(user, "phone", command.id());
    assertThat(booked.path("sequence").isNumber()).isTrue();
    ((ObjectNode) booked).remove("sequence");
    assertThat(booked)
        .hasToString(
            """
            {"id":"%s","device":"phone","state":"pending","reason":null,"intent":"set_wallpaper",\
            "target":{"kind":"image","id":"img-1"},"arguments":{},\
            "decision":{"source":"/devices/phone","id":"utterance-1","revision":1},\
            "replaces":null,"issued_at":"2030-01-01T00:00:00Z",\
            "expires_at":"2030-01-01T00:01:00Z","delivered_at":null,"ended_at":null,"ack":null}"""
                .formatted(command.id()));
  }

  @Test
  void command_broughtAtOnceAndAgainAsOtherEvents_isOneRow() {
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    double issued = devices.counted("issued");
    Event event = command.event();
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 12)
            .mapToObj(i -> delivering(i % 2 == 0 ? event : command.event()))
            .toList();
    deliveries.forEach(delivery -> await(delivery));

    assertThat(devices.deliver(command)).isEqualTo(Settled.DONE);
    assertThat(rows(command)).isOne();
    assertThat(devices.counted("issued") - issued).isEqualTo(1);
  }

  @Test
  void command_broughtAgainWhenItIsDone_staysDone() {
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    devices.deliver(command);
    devices.ack(user, "lamp", command.id(), "done");

    devices.deliver(command);

    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("acknowledged");
  }

  @ParameterizedTest
  @CsvSource({
    "lamp, set_wallpaper, not-capable",
    "lamp, fly, not-capable",
    "lamp, dim, incomplete",
    "phone, send_to, incomplete"
  })
  void command_deviceCannot_isRejectedWithTheReason(String device, String intent, String reason) {
    TestCommand command = TestCommand.wallpaper(user, device).to(intent, Map.of());
    double rejected = devices.counted("rejected");

    assertThat(devices.deliver(command)).isEqualTo(Settled.DONE);

    JsonNode booked = devices.command(user, device, command.id());
    assertThat(booked.path("state").asText()).isEqualTo("rejected");
    assertThat(booked.path("reason").asText()).isEqualTo(reason);
    assertThat(booked.path("ended_at").isNull()).isFalse();
    assertThat(devices.counted("rejected") - rejected).isEqualTo(1);
  }

  @Test
  void command_forADeviceOfSomebodyElse_isRejected() {
    UUID other = TestOrders.neighbourOf(user);
    TestCommand command = TestCommand.dim(other, "lamp", "40");

    assertThat(devices.deliver(command)).isEqualTo(Settled.DONE);

    assertThat(devices.command(user, "lamp", command.id()).isMissingNode()).isTrue();
    assertThat(
            devices
                .sql(
                    other,
                    "SELECT reason FROM {shard}.device_commands WHERE user_id = '%s'"
                        .formatted(other))
                .iterator()
                .next()
                .getString(0))
        .isEqualTo("no-such-device");
  }

  @Test
  void command_whoseIdAnotherUserHas_isBookedForBoth() {
    UUID other = TestOrders.neighbourOf(user);
    devices.put(other, "lamp", LAMP);
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    TestCommand twin =
        new TestCommand(
            other,
            command.id(),
            "lamp",
            "dim",
            null,
            Map.of("level", "9"),
            command.issuedAt(),
            command.expiresAt(),
            null);

    devices.deliver("devices", command.event(), twin.event());

    assertThat(level(user, command)).isEqualTo("40");
    assertThat(level(other, twin)).isEqualTo("9");
  }

  @Test
  void correction_beforeTheFormerIsDone_takesItsPlace() {
    TestCommand former = TestCommand.dim(user, "lamp", "40");
    TestCommand correction = TestCommand.dim(user, "lamp", "60").replacing(former);
    double superseded = devices.counted("superseded");
    devices.deliver(former);
    devices.deliver(correction);

    assertThat(devices.state(user, "lamp", former.id())).isEqualTo("superseded");
    JsonNode booked = devices.command(user, "lamp", correction.id());
    assertThat(booked.path("state").asText()).isEqualTo("pending");
    assertThat(booked.path("replaces").asText()).isEqualTo(former.id().toString());
    assertThat(devices.counted("superseded") - superseded).isEqualTo(1);
  }

  @Test
  void correction_thatCannotBeDone_stillEndsTheFormer() {
    TestCommand former = TestCommand.dim(user, "lamp", "40");
    TestCommand correction = TestCommand.wallpaper(user, "lamp").replacing(former);
    devices.deliver(former);
    devices.deliver(correction);

    assertThat(devices.state(user, "lamp", former.id())).isEqualTo("superseded");
    assertThat(devices.state(user, "lamp", correction.id())).isEqualTo("rejected");
  }

  @ParameterizedTest
  @CsvSource({
    "set_wallpaper, done, pending",
    "print, done, rejected",
    "print, failed, pending",
  })
  void correction_afterTheFormerWasAcknowledged_isIssuedUnlessThatDoesHarm(
      String intent, String status, String state) {
    TestCommand former = TestCommand.wallpaper(user, "phone").to(intent, Map.of());
    devices.deliver(former);
    devices.ack(user, "phone", former.id(), status);
    TestCommand correction =
        TestCommand.wallpaper(user, "phone").to(intent, Map.of()).replacing(former);

    devices.deliver(correction);

    assertThat(devices.state(user, "phone", former.id())).isEqualTo("acknowledged");
    JsonNode booked = devices.command(user, "phone", correction.id());
    assertThat(booked.path("state").asText()).isEqualTo(state);
    assertThat(booked.path("reason").asText())
        .isEqualTo(state.equals("rejected") ? "former-is-done" : "null");
  }

  @Test
  void correction_broughtBeforeTheFormer_leavesItSuperseded() {
    TestCommand former = TestCommand.dim(user, "lamp", "40");
    TestCommand correction = TestCommand.dim(user, "lamp", "60").replacing(former);
    devices.deliver(correction);
    devices.deliver(former);

    assertThat(devices.state(user, "lamp", former.id())).isEqualTo("superseded");
    assertThat(devices.state(user, "lamp", correction.id())).isEqualTo("pending");
  }

  @Test
  void withdrawal_ofAnOpenCommand_endsIt() {
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    double superseded = devices.counted("superseded");
    devices.deliver(command);

    assertThat(devices.deliver("devices", command.withdrawal())).containsExactly(Settled.DONE);

    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("superseded");
    assertThat(devices.counted("superseded") - superseded).isEqualTo(1);
  }

  @Test
  void withdrawal_ofWhatIsDone_leavesItDone() {
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    devices.deliver(command);
    devices.ack(user, "lamp", command.id(), "done");

    assertThat(devices.deliver("devices", command.withdrawal())).containsExactly(Settled.DONE);

    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("acknowledged");
  }

  @Test
  void correction_ofSomebodyElsesCommand_leavesThatAlone() {
    TestCommand command = TestCommand.dim(user, "lamp", "40");
    devices.deliver(command);
    UUID other = TestOrders.neighbourOf(user);
    devices.put(other, "lamp", LAMP);

    devices.deliver(TestCommand.dim(other, "lamp", "0").replacing(command));

    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");
  }

  @Test
  void command_broughtTooLate_isExpired() {
    Instant now = devices.node.clock().instant();
    TestCommand command = TestCommand.dim(user, "lamp", "40").within(now.minusSeconds(9), now);
    double expired = devices.counted("expired");

    devices.deliver(command);

    JsonNode booked = devices.command(user, "lamp", command.id());
    assertThat(booked.path("state").asText()).isEqualTo("expired");
    assertThat(booked.path("ended_at").asText()).isEqualTo(now.toString());
    assertThat(devices.counted("expired") - expired).isEqualTo(1);
  }

  @Test
  void command_moreThanMayBeOpen_isRejectedUntilOneHasEnded() {
    TestCommand first = TestCommand.dim(user, "lamp", "1");
    devices.deliver(first);
    devices.deliver(TestCommand.dim(user, "lamp", "2"));
    devices.deliver(TestCommand.dim(user, "lamp", "3"));
    TestCommand fourth = TestCommand.dim(user, "lamp", "4");
    devices.deliver(fourth);
    assertThat(devices.command(user, "lamp", fourth.id()).path("reason").asText())
        .isEqualTo("too-many-open");

    devices.ack(user, "lamp", first.id(), "done");
    TestCommand fifth = TestCommand.dim(user, "lamp", "5");
    devices.deliver(fifth);
    assertThat(devices.state(user, "lamp", fifth.id())).isEqualTo("pending");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "command_id",
        "decision",
        "intent",
        "device",
        "arguments",
        "issued_at",
        "expires_at"
      })
  void command_withoutAFieldThatItNeeds_isGivenUpAndTheOthersAreBooked(String field)
      throws Exception {
    UUID other = TestOrders.neighbourOf(user);
    devices.put(other, "lamp", LAMP);
    TestCommand good = TestCommand.dim(other, "lamp", "40");
    Event bad = without(TestCommand.dim(user, "lamp", "40").event(), field);

    List<Settled> settled = devices.deliver("devices", bad, good.event());

    assertThat(settled.get(0).verdict()).isEqualTo(Verdict.NEVER);
    assertThat(settled.get(0).reason())
        .startsWith("the data of dev.starling.fusion.command is unusable")
        .contains(field);
    assertThat(settled.get(1)).isEqualTo(Settled.DONE);
    assertThat(devices.state(other, "lamp", good.id())).isEqualTo("pending");
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "replaces"})
  void command_withoutAFieldThatMayBeMissing_isBooked(String field) throws Exception {
    TestCommand command = TestCommand.dim(user, "lamp", "40");

    assertThat(devices.deliver("devices", without(command.event(), field)))
        .containsExactly(Settled.DONE);
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");
  }

  @Test
  void command_fromAShardThatIsNotItsOwners_isGivenUp() {
    int other = (Shards.of(user) + 1) % Shards.COUNT;

    Receipt receipt =
        devices.node.call(
            EventContract.deliver("devices"),
            new EventBatch(other, List.of(TestCommand.dim(user, "lamp", "40").event())),
            devices.node.anonymous());

    assertThat(receipt.events().get(0).verdict()).isEqualTo(Verdict.NEVER);
    assertThat(receipt.events().get(0).reason()).startsWith("it came from shard_");
  }

  @Test
  void list_byPages_showsEachOnceTheNewestFirst() {
    TestCommand first = TestCommand.dim(user, "lamp", "1");
    TestCommand second = TestCommand.wallpaper(user, "lamp");
    devices.deliver(first);
    devices.node.clock().advance(Duration.ofMillis(1));
    devices.deliver(second);
    devices.deliver(TestCommand.wallpaper(user, "phone"));

    JsonNode page = commands("limit=1");
    JsonNode rest = commands("limit=1&cursor=" + page.path("next_cursor").asText());

    assertThat(page.path("commands").findValuesAsText("state")).containsExactly("rejected");
    assertThat(page.path("commands").path(0).path("id").asText()).isEqualTo(second.id().toString());
    assertThat(rest.path("commands").path(0).path("id").asText()).isEqualTo(first.id().toString());
    assertThat(rest.path("next_cursor").isNull()).isTrue();
  }

  private JsonNode commands(String query) {
    return DevicesNode.json(devices.run(user, "commands", List.of("lamp"), query, ""));
  }

  private static String level(UUID owner, TestCommand command) {
    return devices.command(owner, "lamp", command.id()).path("arguments").path("level").asText();
  }

  private static Future<Receipt> delivering(Event event) {
    return devices.node.onCaller(
        bus ->
            bus.call(
                EventContract.deliver("devices"),
                TestOrders.batch(event),
                devices.node.anonymous()));
  }

  private static Event without(Event event, String field) throws Exception {
    JsonNode data = Json.MAPPER.readTree(event.data());
    ((ObjectNode) data).remove(field);
    return TestOrders.withData(event, data.toString());
  }

  private int rows(TestCommand command) {
    return devices
        .sql(user, "SELECT id FROM {shard}.device_commands WHERE id = '%s'".formatted(command.id()))
        .size();
  }
}
