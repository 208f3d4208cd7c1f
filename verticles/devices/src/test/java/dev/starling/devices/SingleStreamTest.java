package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.devices.DevicesNode.Listener;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One instance with room for three streams, one of them for each user. */
@Timeout(60)
class SingleStreamTest {
  @TempDir Path directory;

  private final UUID user = UUID.randomUUID();
  private DevicesNode devices;

  @BeforeEach
  void start() {
    devices = new DevicesNode(directory);
    devices.settings().put("max-streams", 3).put("max-streams-per-user", 1);
    devices.deploy();
    devices.put(user, "lamp", LAMP);
  }

  @AfterEach
  void stop() {
    devices.close();
  }

  @Test
  void stream_commandIsGiven_isDeliveredAndTheDelayMeasured() {
    TestCommand command = TestCommand.dim(user, "lamp", "40").lasting(devices.node.clock());
    devices.deliver(command);
    assertThat(devices.command(user, "lamp", command.id()).path("delivered_at").isNull()).isTrue();
    devices.node.clock().advance(Duration.ofSeconds(7));
    Listener lamp = devices.listen(user, "lamp");
    lamp.next();

    Timer delay = devices.node.scope().meters().get("devices.delivery.delay").timer();
    while (delay.count() == 0) {
      // It is noted once it was sent.
      Thread.onSpinWait();
    }
    assertThat(delay.totalTime(TimeUnit.SECONDS)).isEqualTo(7);
    assertThat(devices.counted("delivered")).isEqualTo(1);
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("delivered");
    assertThat(devices.command(user, "lamp", command.id()).path("delivered_at").asText())
        .isEqualTo(devices.node.clock().instant().toString());
  }

  @Test
  void stream_moreThanAUserMayHave_isRefusedUntilOneHasEnded() {
    Listener lamp = devices.listen(user, "lamp");
    assertThat(devices.listenInVain(user, "lamp").refusal()).isEqualTo(Refusal.NOT_EXECUTED);

    devices.leave(lamp);
    await(lamp.over().future());
    TestCommand command = TestCommand.dim(user, "lamp", "40").lasting(devices.node.clock());
    devices.deliver(command);
    assertThat(devices.listen(user, "lamp").next()).isEqualTo(command.id());
  }

  @Test
  void stream_moreThanAnInstanceMayHave_isRefused() {
    for (int i = 0; i < 3; i++) {
      UUID other = UUID.randomUUID();
      devices.put(other, "lamp", LAMP);
      devices.listen(other, "lamp");
    }

    assertThat(devices.listenInVain(user, "lamp").refusal()).isEqualTo(Refusal.NOT_EXECUTED);
  }
}
