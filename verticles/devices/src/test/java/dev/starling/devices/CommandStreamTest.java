package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.devices.DevicesNode.Listener;
import dev.starling.testkit.TestOrders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A device that listens gets what it is to do, wherever it was booked, until it has said so. */
@Timeout(60)
class CommandStreamTest {
  private static DevicesNode devices;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start(@TempDir Path directory) {
    devices = new DevicesNode(directory);
    devices.settings().put("poll-interval", "100ms");
    // Calls and streams get to either of them, so they find each other through the database.
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
  }

  /** Streams are an instance's; those of this user end with the device. */
  @AfterEach
  void unregister() {
    devices.remove(user, "lamp");
  }

  @Test
  void stream_commandsBeforeAndAfterItIsOpened_areGivenInTheirOrder() {
    TestCommand first = command("1");
    TestCommand second = command("2");
    devices.deliver(first);
    devices.deliver(second);

    Listener lamp = devices.listen(user, "lamp");
    assertThat(List.of(lamp.next(), lamp.next())).containsExactly(first.id(), second.id());

    TestCommand third = command("3");
    devices.deliver(third);
    assertThat(lamp.next()).isEqualTo(third.id());
  }

  @Test
  void stream_deviceComesBack_getsAgainWhatItHasNotAcknowledged() {
    TestCommand first = command("1");
    TestCommand second = command("2");
    devices.deliver(first);
    devices.deliver(second);
    Listener lamp = devices.listen(user, "lamp");
    lamp.next();
    lamp.next();
    devices.ack(user, "lamp", first.id(), "done");
    devices.leave(lamp);
    await(lamp.over().future());

    Listener again = devices.listen(user, "lamp");

    assertThat(again.next()).isEqualTo(second.id());
    // Had the first one come too, it would have come before.
    TestCommand third = command("3");
    devices.deliver(third);
    assertThat(again.next()).isEqualTo(third.id());
  }

  @Test
  void stream_sameCommandBroughtAgain_isGivenOnce() {
    Listener lamp = devices.listen(user, "lamp");
    TestCommand first = command("1");
    devices.deliver(first);
    assertThat(lamp.next()).isEqualTo(first.id());
    devices.deliver(first);
    TestCommand second = command("2");
    devices.deliver(second);

    assertThat(lamp.next()).isEqualTo(second.id());
  }

  @Test
  void stream_nobodyTellsOfACommand_isGivenItAllTheSame() {
    Listener lamp = devices.listen(user, "lamp");
    TestCommand first = command("1");
    devices.deliver(first);
    assertThat(lamp.next()).isEqualTo(first.id());

    UUID silent = UUID.randomUUID();
    devices.sql(
        user,
        """
        INSERT INTO {shard}.device_commands (user_id, id, device, intent, arguments,
          decision_source, decision_id, revision, state, issued_at, expires_at, created_at)
        SELECT user_id, '%s', device, intent, arguments, decision_source, decision_id, revision,
          'pending', issued_at, expires_at, created_at
        FROM {shard}.device_commands WHERE id = '%s'"""
            .formatted(silent, first.id()));

    assertThat(lamp.next()).isEqualTo(silent);
  }

  @Test
  void stream_whatIsNotToBeDoneAnyMore_isNotGiven() {
    TestCommand superseded = command("1");
    devices.deliver(superseded);
    TestCommand correction = command("2").replacing(superseded);
    devices.deliver(correction);
    TestCommand expiring =
        command("3")
            .within(devices.node.clock().instant(), devices.node.clock().instant().plusMillis(500));
    devices.deliver(expiring);
    devices.node.clock().advance(Duration.ofMillis(500));
    TestCommand last = command("4");
    devices.deliver(last);

    Listener lamp = devices.listen(user, "lamp");

    assertThat(List.of(lamp.next(), lamp.next())).containsExactly(correction.id(), last.id());
  }

  @Test
  void stream_twoOfOneDevice_bothGetWhatIsToBeDone() {
    Listener one = devices.listen(user, "lamp");
    Listener other = devices.listen(user, "lamp");
    TestCommand command = command("1");
    devices.deliver(command);

    assertThat(List.of(one.next(), other.next())).containsOnly(command.id());
  }

  @Test
  void stream_deviceIsRemoved_ends() {
    Listener lamp = devices.listen(user, "lamp");

    devices.remove(user, "lamp");

    assertThat(await(lamp.over().future())).isNull();
    assertThat(devices.listenInVain(user, "lamp").refusal()).isEqualTo(Refusal.ABSENT);
  }

  @Test
  void stream_deviceOfSomebodyElse_isNotThereAndGetsNothing() {
    UUID other = TestOrders.neighbourOf(user);
    assertThat(devices.listenInVain(other, "lamp").refusal()).isEqualTo(Refusal.ABSENT);

    devices.put(other, "lamp", LAMP);
    Listener theirs = devices.listen(other, "lamp");
    devices.deliver(command("1"));
    TestCommand own = TestCommand.dim(other, "lamp", "2").lasting(devices.node.clock());
    devices.deliver(own);

    assertThat(theirs.next()).isEqualTo(own.id());
  }

  private TestCommand command(String level) {
    return TestCommand.dim(user, "lamp", level).lasting(devices.node.clock());
  }
}
