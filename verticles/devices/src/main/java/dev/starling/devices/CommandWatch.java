package dev.starling.devices;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Lanes;
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
 *
 * <p>A look is one statement for all streams of a user, and so many are under way at a time:
 * streams may be many more than there are connections.
 */
final class CommandWatch {
  private static final Logger log = LoggerFactory.getLogger(CommandWatch.class);

  /** More than a statement may take, so that no connection is told another bound for it. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private static final String EVENT = "command";

  /** Looks at a time. */
  private static final int WIDTH = 4;

  /** Why no further stream is opened. */
  static final String FULL = "too many streams of commands are open here; ask again";

  private final Shards shards;
  private final DevicesConfig config;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final Map<UUID, Audience> audiences = new HashMap<>();

  /** Each user waits once at the most, and there are no more users than streams. */
  private final Lanes looks = new Lanes(WIDTH, Integer.MAX_VALUE);

  private int count;
  private boolean lookingForAll;

  CommandWatch(Shards shards, DevicesConfig config, InstantSource clock, CommandMeters meters) {
    this.shards = shards;
    this.config = config;
    this.clock = clock;
    this.meters = meters;
  }

  /** Whether no further stream of this user may be opened now. */
  boolean isFullFor(UUID user) {
    Audience audience = audiences.get(user);
    return count >= config.maxStreams()
        || (audience != null && audience.watchers.size() >= config.maxStreamsPerUser());
  }

  /** Sends what a device is to do, then what comes, until it leaves or is removed. */
  void begin(UUID user, String device, StreamWriter<CommandView> out) {
    if (isFullFor(user)) {
      // Others came while the device was looked up.
      out.fail(Refusal.NOT_EXECUTED, FULL);
      return;
    }
    Audience audience = audiences.computeIfAbsent(user, Audience::new);
    Watcher watcher = new Watcher(user, device, out);
    audience.watchers.add(watcher);
    count++;
    out.onClosed(over -> end(audience, watcher)).onReady(watcher::flush);
    audience.look();
  }

  /** A user has new commands. */
  void changed(UUID user) {
    Audience audience = audiences.get(user);
    if (audience != null) {
      audience.look();
    }
  }

  /**
   * Looks for all, one user after the other, since those that were told of something are not to
   * wait for them; to be called from time to time.
   */
  void lookForAll() {
    if (!lookingForAll) {
      lookingForAll = true;
      next(new ArrayDeque<>(audiences.keySet()));
    }
  }

  private void next(ArrayDeque<UUID> users) {
    Audience audience = null;
    while (audience == null && !users.isEmpty()) {
      audience = audiences.get(users.remove());
    }
    if (audience == null) {
      lookingForAll = false;
    } else {
      audience.look().onComplete(looked -> next(users));
    }
  }

  private void end(Audience audience, Watcher watcher) {
    watcher.over = true;
    if (audience.watchers.remove(watcher)) {
      count--;
      if (audience.watchers.isEmpty()) {
        audiences.remove(audience.user, audience);
      }
    }
  }

  /** The streams of a user. */
  private final class Audience {
    private final UUID user;
    private final Set<Watcher> watchers = new LinkedHashSet<>();
    private @Nullable Future<Void> looking;
    private boolean again;

    Audience(UUID user) {
      this.user = user;
    }

    /** One look at a time; what is asked for meanwhile is one more. Never fails. */
    Future<Void> look() {
      Future<Void> before = looking;
      if (before != null) {
        again = true;
        return before;
      }
      Future<Void> look =
          looks.run(this::read, () -> Future.<Void>succeededFuture()).otherwiseEmpty();
      looking = look;
      look.onComplete(done -> looked());
      return look;
    }

    private void looked() {
      looking = null;
      if (again && !watchers.isEmpty()) {
        again = false;
        look();
      }
    }

    private Future<Void> read() {
      // Those that begin meanwhile may be of devices that are not asked for.
      again = false;
      List<Watcher> asking = List.copyOf(watchers);
      Set<String> devices = new LinkedHashSet<>();
      asking.forEach(watcher -> devices.add(watcher.device));
      if (devices.isEmpty()) {
        return Future.succeededFuture();
      }
      int shard = Shards.of(user);
      return shards
          .read(
              shard,
              LIMIT,
              connection ->
                  CommandStore.open(
                      connection, shard, user, devices, clock.instant(), config.maxOpenPerDevice()))
          .onFailure(failure -> log.debug("Commands are looked for again later", failure))
          .map(
              open -> {
                asking.forEach(watcher -> watcher.found(open.get(watcher.device)));
                return null;
              });
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
    private boolean over;

    Watcher(UUID user, String device, StreamWriter<CommandView> out) {
      this.user = user;
      this.device = device;
      this.out = out;
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
