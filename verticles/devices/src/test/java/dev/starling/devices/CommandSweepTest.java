package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandSweepTest {
  private static final Duration RETENTION = Duration.ofDays(7);

  private final UUID user = UUID.randomUUID();

  @Test
  void sweep_commandsWhoseTimeIsUp_expireAndAreDeletedLater(@TempDir Path directory) {
    try (DevicesNode devices = new DevicesNode(directory)) {
      devices.deploy();
      devices.put(user, "lamp", LAMP);
      TestCommand command = TestCommand.dim(user, "lamp", "40").lasting(devices.node.clock());
      devices.deliver(command);
      // More than one statement is needed. They are older, so that the list begins with that one.
      devices.sql(
          user,
          """
          INSERT INTO {shard}.device_commands (user_id, id, device, intent, arguments,
            decision_source, decision_id, revision, state, issued_at, expires_at, created_at)
          SELECT user_id, gen_random_uuid(), device, intent, arguments, decision_source,
            decision_id, revision, state, issued_at, expires_at, created_at - interval '1 day'
          FROM {shard}.device_commands, generate_series(1, %d) WHERE id = '%s'"""
              .formatted(CommandSweep.ROWS + 1, command.id()));
      Ownership ownership = own(devices);
      Term term = Objects.requireNonNull(ownership.term());
      CommandSweep sweep = sweep(devices);

      devices.node.clock().advance(Duration.ofSeconds(60).minusMillis(1));
      await(sweep.sweep(term));
      assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");

      devices.node.clock().advance(Duration.ofMillis(1));
      JsonNode read = devices.command(user, "lamp", command.id());
      assertThat(read.path("state").asText()).as("before it is swept").isEqualTo("expired");
      assertThat(stored(devices, "pending")).isEqualTo(CommandSweep.ROWS + 2);
      await(sweep.sweep(term));
      assertThat(stored(devices, "expired")).isEqualTo(CommandSweep.ROWS + 2);
      // Others have used this database too.
      assertThat(devices.counted("expired")).isGreaterThanOrEqualTo(CommandSweep.ROWS + 2);
      assertThat(devices.command(user, "lamp", command.id())).isEqualTo(read);

      devices.node.clock().advance(RETENTION);
      await(sweep.sweep(term));
      assertThat(stored(devices, "expired")).as("to the moment").isEqualTo(CommandSweep.ROWS + 2);
      devices.node.clock().advance(Duration.ofMillis(1));
      TestCommand open = TestCommand.dim(user, "lamp", "7").lasting(devices.node.clock());
      devices.deliver(open);
      await(sweep.sweep(term));
      assertThat(stored(devices, "expired")).isZero();
      assertThat(devices.state(user, "lamp", open.id())).isEqualTo("pending");

      await(ownership.leave());
      devices.node.clock().advance(Duration.ofSeconds(60));
      await(sweep.sweep(term));
      assertThat(stored(devices, "pending")).as("by a former owner").isOne();
    }
  }

  private static Ownership own(DevicesNode devices) {
    Singletons singletons = await(Singletons.of(devices.node.scope(), devices.node.vertx()));
    return await(singletons.join("devices.sweep-test"));
  }

  private static CommandSweep sweep(DevicesNode devices) {
    return new CommandSweep(
        "home",
        devices.node.scope().resource(Shards.class),
        RETENTION,
        devices.node.clock(),
        CommandMeters.of(devices.node.scope()),
        System::nanoTime);
  }

  private long stored(DevicesNode devices, String state) {
    return devices
        .sql(
            user,
            "SELECT count(*) FROM {shard}.device_commands WHERE user_id = '%s' AND state = '%s'"
                .formatted(user, state))
        .iterator()
        .next()
        .getLong(0);
  }
}
