package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.devices.DevicesNode.json;
import static dev.starling.devices.DevicesNode.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.testkit.TestOrders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What devices say of their commands counts once. */
@Timeout(60)
class AcknowledgementTest {
  private static DevicesNode devices;

  private final UUID user = UUID.randomUUID();
  private TestCommand command;

  @BeforeAll
  static void start(@TempDir Path directory) {
    devices = new DevicesNode(directory);
    devices.deploy();
  }

  @AfterAll
  static void stop() {
    devices.close();
  }

  @BeforeEach
  void book() {
    devices.put(user, "lamp", LAMP);
    command = TestCommand.dim(user, "lamp", "40").lasting(devices.node.clock());
    devices.deliver(command);
  }

  @Test
  void ack_pendingCommand_endsItWithWhatTheDeviceSays() {
    double failed = devices.counted("failed");
    JsonNode view =
        json(
            devices.run(
                user,
                "acknowledge",
                List.of("lamp", command.id().toString()),
                "",
                "{\"status\":\"failed\",\"detail\":\"the bulb is broken\"}"));

    assertThat(view.path("state").asText()).isEqualTo("acknowledged");
    assertThat(view.path("ack"))
        .hasToString("{\"status\":\"failed\",\"detail\":\"the bulb is broken\"}");
    String now = devices.node.clock().instant().toString();
    assertThat(view.path("ended_at").asText()).isEqualTo(now);
    assertThat(view.path("delivered_at").asText()).isEqualTo(now);
    assertThat(devices.command(user, "lamp", command.id())).isEqualTo(view);
    assertThat(devices.counted("failed") - failed).isEqualTo(1);
  }

  @Test
  void ack_sameAgain_isTheSameAnswerAndCountsOnce() {
    double done = devices.counted("done");
    JsonNode first = json(devices.ack(user, "lamp", command.id(), "done"));
    devices.node.clock().advance(Duration.ofHours(1));

    assertThat(json(devices.ack(user, "lamp", command.id(), "done"))).isEqualTo(first);
    assertThat(devices.counted("done") - done).isEqualTo(1);
  }

  @Test
  void ack_otherwiseThanBefore_isAConflictAndChangesNothing() {
    JsonNode first = json(devices.ack(user, "lamp", command.id(), "done"));

    assertThat(refused(devices.ack(user, "lamp", command.id(), "failed")).refusal())
        .isEqualTo(Refusal.CONFLICT);
    assertThat(refused(devices.ack(user, "lamp", command.id(), "failed")).type())
        .isEqualTo("command-acknowledged");
    assertThat(devices.command(user, "lamp", command.id())).isEqualTo(first);
  }

  @Test
  void ack_commandThatHasEnded_isAConflictThatSaysHow() {
    devices.deliver(
        TestCommand.dim(user, "lamp", "60").lasting(devices.node.clock()).replacing(command));
    assertThat(refused(devices.ack(user, "lamp", command.id(), "done")).type())
        .isEqualTo("command-superseded");

    TestCommand late = TestCommand.dim(user, "lamp", "7").lasting(devices.node.clock());
    devices.deliver(late);
    devices.node.clock().advance(Duration.ofSeconds(60));
    assertThat(refused(devices.ack(user, "lamp", late.id(), "done")).type())
        .isEqualTo("command-expired");

    TestCommand rejected = TestCommand.wallpaper(user, "lamp").lasting(devices.node.clock());
    devices.deliver(rejected);
    assertThat(refused(devices.ack(user, "lamp", rejected.id(), "done")).type())
        .isEqualTo("command-rejected");
  }

  @Test
  void ack_byAnotherUserOrDevice_findsNoSuchCommand() {
    UUID other = TestOrders.neighbourOf(user);
    devices.put(other, "lamp", LAMP);
    devices.put(user, "lamp-2", LAMP);

    assertThat(refused(devices.ack(other, "lamp", command.id(), "done")).refusal())
        .isEqualTo(Refusal.ABSENT);
    assertThat(refused(devices.ack(user, "lamp-2", command.id(), "done")).refusal())
        .isEqualTo(Refusal.ABSENT);
    assertThat(refused(devices.ack(user, "lamp", UUID.randomUUID(), "done")).refusal())
        .isEqualTo(Refusal.ABSENT);
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"status\":\"maybe\"}                | /status",
        "{\"detail\":\"x\"}                    | /status",
        "{\"status\":\"done\",\"detail\":5}    | /detail",
        "{\"status\":\"done\",\"at\":\"now\"}  | /at"
      })
  void ack_whatIsNone_isRefusedWithItsPlace(String body, String pointer) {
    assertThat(
            refused(
                    devices.run(
                        user,
                        "acknowledge",
                        List.of("lamp", command.id().toString()),
                        "",
                        body.strip()))
                .violations())
        .extracting(Violation::pointer)
        .containsExactly(pointer);
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");
  }
}
