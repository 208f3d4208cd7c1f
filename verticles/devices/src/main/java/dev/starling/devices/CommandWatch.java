package dev.starling.devices;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.StreamWriter;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives devices their commands over streams. Confined to the context of its instance.
 *
 * <p>That a user has new commands is only a reason to look; what is sent was read from the shard's
 * primary. So a message that is lost makes a command late, never lost, and it does not matter which
 * node has the stream. A stream sends each command once; what its device does not acknowledge comes
 * again with its next stream.
 */
final class CommandWatch {
  private static final Logger log = LoggerFactory.getLogger(CommandWatch.class);
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final String EVENT = "command";

  /** Why no further stream is opened. */
  static final String FULL = "too many streams of commands are open here; ask again";

  private final Shards shards;
  private final DevicesConfig config;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final Map<UUID, Set<Watcher>> watchers = new HashMap<>();
  private int count;

  CommandWatch(Shards shards, DevicesConfig config, InstantSource clock, CommandMeters meters) {
    this.shards = shards;
    this.config = config;
    this.clock = clock;
    this.meters = meters;
  }

  /** Whether no further stream of this user may be opened now. */
  boolean isFullFor(UUID user) {
    return count >= config.maxStreams()
        || watchers.getOrDefault(user, Set.of()).size() >= config.maxStreamsPerUser();
  }

  /** Sends what a device is to do, then what comes, until it leaves or is removed. */
  void begin(UUID user, String device, StreamWriter<CommandView> out) {
    if (isFullFor(user)) {
      // Others came while the device was looked up.
      out.fail(Refusal.NOT_EXECUTED, FULL);
      return;
    }
    Watcher watcher = new Watcher(user, device, out);
    watchers.computeIfAbsent(user, first -> new LinkedHashSet<>()).add(watcher);
    count++;
    out.onClosed(over -> end(watcher)).onReady(watcher::flush);
    watcher.look();
  }

  /** A user has new commands. */
  void changed(UUID user) {
    List.copyOf(watchers.getOrDefault(user, Set.of())).forEach(Watcher::look);
  }

  /** Looks for all; to be called from time to time. */
  void lookForAll() {
    List.copyOf(watchers.keySet()).forEach(this::changed);
  }

  private void end(Watcher watcher) {
    watcher.over = true;
    Set<Watcher> ofUser = watchers.getOrDefault(watcher.user, Set.of());
    if (ofUser.remove(watcher)) {
      count--;
      if (ofUser.isEmpty()) {
        watchers.remove(watcher.user);
      }
    }
  }

  /** One stream. */
  private final class Watcher {
    private final UUID user;
    private final String device;
    private final StreamWriter<CommandView> out;

    /** Open commands that were queued or sent: at most as many as a device may have. */
    private final Set<UUID> known = new HashSet<>();

    private final ArrayDeque<Command> queue = new ArrayDeque<>();
    private boolean reading;
    private boolean again;
    private boolean over;

    Watcher(UUID user, String device, StreamWriter<CommandView> out) {
      this.user = user;
      this.device = device;
      this.out = out;
    }

    /** One reading at a time; what is asked for meanwhile is one more. */
    void look() {
      if (over) {
        return;
      }
      if (reading) {
        again = true;
        return;
      }
      reading = true;
      int shard = Shards.of(user);
      Future<@Nullable List<Command>> open =
          shards.read(
              shard,
              LIMIT,
              connection ->
                  CommandStore.open(
                      connection, shard, user, device, clock.instant(), config.maxOpenPerDevice()));
      open.onSuccess(this::found)
          .onFailure(failure -> log.debug("Commands are looked for again later", failure))
          .onComplete(
              done -> {
                reading = false;
                if (again) {
                  again = false;
                  look();
                }
              });
    }

    private void found(@Nullable List<Command> open) {
      if (over) {
        return;
      }
      if (open == null) {
        // The device was removed.
        over = true;
        out.end();
        return;
      }
      Set<UUID> ids = new HashSet<>();
      open.forEach(command -> ids.add(command.id()));
      known.retainAll(ids);
      // One that has ended since it was read is not worth sending.
      queue.removeIf(command -> !ids.contains(command.id()));
      for (Command command : open) {
        if (known.add(command.id())) {
          queue.add(command);
        }
      }
      flush();
    }

    void flush() {
      List<UUID> sent = new ArrayList<>();
      Instant now = clock.instant();
      while (!over && !queue.isEmpty() && out.isReady()) {
        Command command = queue.remove();
        if (command.stateAt(now).isOpen()) {
          out.send(EVENT, command.id().toString(), CommandView.of(command, now));
          sent.add(command.id());
        }
      }
      if (!sent.isEmpty()) {
        delivered(sent, now.truncatedTo(ChronoUnit.MILLIS));
      }
    }

    private void delivered(List<UUID> sent, Instant now) {
      int shard = Shards.of(user);
      shards
          .write(
              shard,
              LIMIT,
              connection -> CommandStore.delivered(connection, shard, user, sent, now))
          .onSuccess(issued -> meters.delivered(issued, now))
          // They stay pending, which is less than is true, and no reason to send them again.
          .onFailure(failure -> log.debug("Deliveries are not noted", failure));
    }
  }
}
