package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.devices.DevicesNode.PHONE;
import static dev.starling.devices.DevicesNode.json;
import static dev.starling.devices.DevicesNode.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.device.DeviceContract.DeviceRecord;
import dev.starling.contract.device.DeviceContract.ListDevices;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import dev.starling.testkit.TestOrders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users register, which is nobody else's business. */
@Timeout(60)
class RegistryTest {
  private static DevicesNode devices;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start(@TempDir Path directory) {
    devices = new DevicesNode(directory);
    devices.settings().put("max-per-user", 3);
    devices.deploy();
  }

  @AfterAll
  static void stop() {
    devices.close();
  }

  @Test
  void put_newDevice_isCreatedAndShown() {
    OperationReply reply =
        devices.put(
            user,
            "tv-1",
            """
            {"name":" Big one ","kind":"tv","location":"living room",\
            "capabilities":["stop","show_on","show_on","play"]}""");

    assertThat(((Done) reply).kind()).isEqualTo(Kind.CREATED);
    assertThat(reply.headers()).contains(new Header("location", "/v1/devices/tv-1"));
    assertThat(json(reply))
        .hasToString(
            """
            {"id":"tv-1","name":"Big one","kind":"tv","location":"living room",\
            "capabilities":["play","show_on","stop"],"webhook":null,"webhook_secret":null,\
            "created_at":"%1$s","updated_at":"%1$s"}"""
                .formatted(devices.node.clock().instant()));
    assertThat(devices.get(user, "tv-1")).isEqualTo(json(reply));
  }

  @Test
  void put_sameDeviceAgain_isDescribedAnew() {
    JsonNode first = json(devices.put(user, "d", PHONE));
    devices.node.clock().advance(Duration.ofSeconds(1));
    OperationReply reply = devices.put(user, "d", LAMP);

    assertThat(((Done) reply).kind()).isEqualTo(Kind.OK);
    JsonNode second = devices.get(user, "d");
    assertThat(second.path("name").asText()).isEqualTo("Lamp");
    assertThat(second.path("capabilities").toString()).isEqualTo("[\"dim\"]");
    assertThat(second.path("created_at")).isEqualTo(first.path("created_at"));
    assertThat(second.path("updated_at")).isNotEqualTo(first.path("updated_at"));
  }

  @Test
  void put_moreThanAUserMayHave_isRefusedUntilOneIsRemoved() {
    for (String id : List.of("a", "b", "c")) {
      devices.put(user, id, LAMP);
    }

    Refused refused = refused(devices.put(user, "d", LAMP));
    assertThat(refused.refusal()).isEqualTo(Refusal.CONFLICT);
    assertThat(refused.type()).isEqualTo("too-many-devices");
    assertThat(devices.put(user, "c", PHONE)).as("one of them").isInstanceOf(Done.class);
    assertThat(devices.put(UUID.randomUUID(), "d", LAMP)).isInstanceOf(Done.class);

    devices.remove(user, "a");
    assertThat(devices.put(user, "d", LAMP)).isInstanceOf(Done.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"Lamp\"   | \" \"           | /name",
        "\"Lamp\"   | 7               | /name",
        "\"light\"  | \"toaster\"     | /kind",
        "\"light\"  | \"LIGHT\"       | /kind",
        "[\"dim\"]  | [\"fly\"]       | /capabilities/0",
        "[\"dim\"]  | [null]          | /capabilities/0",
        "[\"dim\"]  | null            | /capabilities",
        "\"light\"  | \"light\",\"user\":\"x\" | /user",
        "\"light\"  | \"light\",\"webhook\":\"http://192.168.0.1/\" | /webhook",
        "\"light\"  | \"light\",\"webhook\":\"https://169.254.169.254/x\" | /webhook",
        "\"light\"  | \"light\",\"webhook\":\"https://[fe80::1]/x\" | /webhook",
        "\"light\"  | \"light\",\"webhook\":\"ftp://example.org/\" | /webhook",
        "\"light\"  | \"light\",\"webhook\":\"https://user@example.org/\" | /webhook",
        "\"light\"  | \"light\",\"webhook\":\"\" | /webhook"
      })
  void put_whatIsNoDevice_isRefusedWithItsPlace(String part, String wrong, String pointer) {
    List<Violation> violations =
        refused(devices.put(user, "d", LAMP.replace(part, wrong))).violations();

    assertThat(violations).extracting(Violation::pointer).containsExactly(pointer);
    assertThat(refused(devices.run(user, "get", List.of("d"), "", "")).refusal())
        .isEqualTo(Refusal.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "ü", "a\n", "../x", "a%"})
  void put_idOfAnotherForm_isRefused(String id) {
    assertThat(refused(devices.put(user, id, LAMP)).violations())
        .extracting(Violation::pointer)
        .containsExactly("/path/id");
  }

  @Test
  void put_idsAtTheirBounds_areTaken() {
    assertThat(devices.put(user, "a".repeat(64), LAMP)).isInstanceOf(Done.class);
    assertThat(devices.put(user, "-._", LAMP)).isInstanceOf(Done.class);
    assertThat(devices.put(user, "a".repeat(65), LAMP)).isInstanceOf(Refused.class);
  }

  @Test
  void device_ofSomebodyElse_isNotThere() {
    devices.put(user, "d", LAMP);
    // In the same shard, so that nothing but the statement keeps them apart.
    UUID other = TestOrders.neighbourOf(user);

    for (String operation : List.of("get", "delete", "commands")) {
      assertThat(refused(devices.run(other, operation, List.of("d"), "", "")).refusal())
          .as(operation)
          .isEqualTo(Refusal.ABSENT);
    }
    assertThat(json(devices.run(other, "list", List.of(), "", "")).path("devices")).isEmpty();
    assertThat(((Done) devices.put(other, "d", PHONE)).kind()).isEqualTo(Kind.CREATED);
    assertThat(devices.get(user, "d").path("name").asText()).isEqualTo("Lamp");
  }

  @Test
  void put_byNoUser_isForbidden() {
    OperationReply reply =
        devices.node.operate(
            "devices",
            new OperationRequest(
                "devices.put",
                List.of("d"),
                "",
                List.of(new Header("content-type", "application/json")),
                "192.0.2.1",
                LAMP.getBytes(StandardCharsets.UTF_8)),
            devices.node.as("a-service"));

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void list_byPages_showsEachOnceInTheOrderOfIds() {
    for (String id : List.of("b", "a.1", "B")) {
      devices.put(user, id, LAMP);
    }
    List<String> seen = new ArrayList<>();
    String query = "limit=1";
    for (int page = 0; page < 3; page++) {
      JsonNode answer = json(devices.run(user, "list", List.of(), query, ""));
      answer.path("devices").forEach(device -> seen.add(device.path("id").asText()));
      assertThat(answer.path("next_cursor").isNull()).isEqualTo(page == 2);
      query = "limit=1&cursor=" + answer.path("next_cursor").asText();
    }

    assertThat(seen).containsExactly("B", "a.1", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cursor=", "cursor=!", "cursor=w7w", "limit=0", "limit=101", "offset=1"})
  void list_badQuery_isInvalid(String query) {
    assertThat(refused(devices.run(user, "list", List.of(), query, "")).refusal())
        .isEqualTo(Refusal.INVALID);
  }

  @Test
  void remove_device_isGoneAndWhatItHadToDoIsRejected() {
    devices.put(user, "d", LAMP);
    TestCommand command = TestCommand.dim(user, "d", "40").lasting(devices.node.clock());
    devices.deliver(command);

    assertThat(((Done) devices.remove(user, "d")).kind()).isEqualTo(Kind.NO_CONTENT);
    assertThat(refused(devices.remove(user, "d")).refusal()).isEqualTo(Refusal.ABSENT);
    assertThat(refused(devices.run(user, "get", List.of("d"), "", "")).refusal())
        .isEqualTo(Refusal.ABSENT);

    devices.put(user, "d", LAMP);
    assertThat(devices.command(user, "d", command.id()).path("reason").asText())
        .isEqualTo("no-such-device");
  }

  @Test
  void all_ofAUser_areToldToOtherServicesInTheOrderOfIds() {
    devices.put(user, "phone", PHONE);
    devices.put(user, "lamp", LAMP);

    assertThat(all(user.toString()))
        .containsExactly(
            new DeviceRecord("lamp", "Lamp", "light", "kitchen", List.of("dim")),
            new DeviceRecord(
                "phone", "Ada's phone", "phone", "", List.of("print", "send_to", "set_wallpaper")));
    assertThat(all(TestOrders.neighbourOf(user).toString())).isEmpty();
    assertThatThrownBy(() -> all("nobody"))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  private static List<DeviceRecord> all(String id) {
    return devices
        .node
        .call(DeviceContract.LIST, new ListDevices(id), devices.node.anonymous())
        .devices();
  }
}
