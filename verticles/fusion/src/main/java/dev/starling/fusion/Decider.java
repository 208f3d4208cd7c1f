package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.fusion.DecisionStore.Due;
import dev.starling.fusion.DecisionStore.Latest;
import dev.starling.fusion.core.Device;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import dev.starling.sdk.Lanes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides utterances that are due, and decides them again when something has come that may change
 * them. Confined to an instance's context.
 *
 * <p>Nothing of it has to happen here, or once: whoever stores a revision first has decided it.
 * What fails is found again by {@link Sweep}.
 */
final class Decider {
  private static final Logger log = LoggerFactory.getLogger(Decider.class);

  /** All of one decision; longer than a busy moment of the database. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Decisions at a time: each has a connection now and then, and events need some too. */
  private static final int WIDTH = 8;

  /** Looks at what is decided: nobody waits for them, and many windows close at once. */
  private static final int LOOKS = 2;

  private static final int MAX_WAITING = 50_000;

  /** A busy moment is over soon; what has failed after these waits for {@link Sweep}. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofMillis(50), Duration.ofMillis(200));

  /** Until something that failed for no reason from outside is tried again. */
  private static final Duration AFTER_A_BUG = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Timelines timelines;
  private final EventLog events;
  private final DecisionStore store;
  private final Resolution resolution;
  private final FusionNews news;
  private final FusionConfig config;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Random random;
  private final Set<UserKey> inWork;
  private final Consumer<Stored> stored;
  private final FusionMeters meters;
  private final Lanes lanes = new Lanes(WIDTH, MAX_WAITING);
  private final Lanes looks = new Lanes(LOOKS, MAX_WAITING);

  /**
   * A revision that was stored here.
   *
   * @param latest what happened later cannot change it
   * @param told what is told of it
   */
  record Stored(
      UserKey utterance, int revision, Instant closesAt, Instant latest, List<OutboxEvent> told) {}

  /**
   * @param ids of version 7
   * @param inWork what the instances of the node are at
   * @param stored hears of each revision after its commit
   */
  Decider(
      Vertx vertx,
      Timelines timelines,
      EventLog events,
      DecisionStore store,
      Resolution resolution,
      FusionNews news,
      FusionConfig config,
      InstantSource clock,
      Supplier<UUID> ids,
      Random random,
      Set<UserKey> inWork,
      Consumer<Stored> stored,
      FusionMeters meters) {
    this.vertx = vertx;
    this.timelines = timelines;
    this.events = events;
    this.store = store;
    this.resolution = resolution;
    this.news = news;
    this.config = config;
    this.clock = clock;
    this.ids = ids;
    this.random = random;
    this.inWork = inWork;
    this.stored = stored;
    this.meters = meters;
  }

  /** Does what is to be done for an utterance, unless somebody is at it; never fails. */
  Future<Void> work(Due due) {
    return work(due, 0);
  }

  private Future<Void> work(Due due, int failures) {
    UserKey utterance = due.utterance();
    if (!inWork.add(utterance)) {
      return Future.succeededFuture();
    }
    return (due.revision() == 0 ? lanes : looks)
        .run(() -> act(due), () -> Future.<Void>succeededFuture())
        .recover(failure -> failed(due, failures, failure))
        .onComplete(done -> inWork.remove(utterance));
  }

  /** Looks at decisions of a user again, of which something late may change some. */
  Future<Void> again(UUID user, List<Due> decided) {
    if (decided.isEmpty()) {
      return Future.succeededFuture();
    }
    return timelines
        .read(user, LIMIT)
        .map(
            timeline -> {
              for (Due due : decided) {
                LogRow row = timeline.find(due.utterance().key());
                if (row == null || mayChange(due, row, timeline)) {
                  work(due);
                }
              }
              return null;
            });
  }

  private boolean mayChange(Due due, LogRow row, Timeline timeline) {
    Instant asOf = due.asOf() == null ? Instant.EPOCH : due.asOf();
    return Relevance.mayChange(timeline, row.event(), asOf, config.lateness());
  }

  private Future<Void> act(Due due) {
    CallContext call =
        CallContext.expiringAt(System.nanoTime() + LIMIT.toNanos(), TraceContext.start(random));
    UUID user = due.utterance().user();
    // At the same time; of what is decided already, only if it may have changed.
    Future<List<Device>> devices =
        due.revision() == 0 ? resolution.devices(user, call) : Future.succeededFuture(List.of());
    return timelines
        .read(user, left(call))
        .compose(timeline -> withUtterance(due, timeline, devices, call));
  }

  /** It may have been pushed out of its timeline by what came after it. */
  private Future<Void> withUtterance(
      Due due, Timeline timeline, Future<List<Device>> devices, CallContext call) {
    LogRow row = timeline.find(due.utterance().key());
    if (row != null) {
      return decide(due, row, timeline, devices, call);
    }
    return events
        .find(due.utterance().user(), due.utterance().key(), left(call))
        .compose(
            found ->
                found == null || !found.isUtterance()
                    ? store.close(due.utterance(), left(call))
                    : decide(due, found, timeline, devices, call));
  }

  private Future<Void> decide(
      Due due, LogRow row, Timeline timeline, Future<List<Device>> devices, CallContext call) {
    if (due.revision() == 0) {
      return resolution
          .resolve(row, timeline, devices, call)
          .compose(resolved -> store(due, resolved, 1, null, call));
    }
    boolean closes = !due.dueAt().isAfter(clock.instant());
    if (!mayChange(due, row, timeline)) {
      return closes ? store.close(due.utterance(), left(call)) : Future.succeededFuture();
    }
    return resolution
        .resolve(row, timeline, resolution.devices(due.utterance().user(), call), call)
        .compose(
            resolved ->
                store
                    .latest(due.utterance(), left(call))
                    .compose(latest -> correct(due, resolved, latest, closes, call)));
  }

  private Future<Void> correct(
      Due due, Resolved resolved, @Nullable Latest latest, boolean closes, CallContext call) {
    if (latest == null) {
      // Its retention is over.
      return store.close(due.utterance(), left(call));
    }
    if (latest.outcome().equals(resolved.outcome())) {
      return closes
          ? store.close(due.utterance(), left(call))
          : store.looked(due.utterance(), latest.revision(), resolved.asOf(), left(call));
    }
    return store(due, resolved, latest.revision() + 1, latest.command(), call)
        .compose(
            done -> closes ? store.close(due.utterance(), left(call)) : Future.succeededFuture());
  }

  private Future<Void> store(
      Due due, Resolved resolved, int revision, @Nullable UUID replaces, CallContext call) {
    UserKey utterance = due.utterance();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant closesAt = now.plus(config.correctionWindow());
    UUID command = resolved.isCommand() ? Resolved.command(utterance, revision) : null;
    DecisionView view = DecisionView.of(resolved.decision(), revision, command, now);
    DecisionStore.New decision =
        new DecisionStore.New(
            utterance,
            revision,
            ids.get(),
            now,
            resolved.outcome(),
            command,
            json(view),
            json(ExplanationView.of(resolved, view)),
            resolved.asOf(),
            closesAt);
    List<OutboxEvent> told = news.of(utterance, resolved, view, replaces);
    return store
        .store(decision, told, left(call))
        .map(
            first -> {
              if (!first) {
                meters.outrun();
                return null;
              }
              if (revision > 1) {
                meters.corrected();
              } else {
                meters.decided(
                    resolved.decision().status(), Duration.between(due.dueAt(), clock.instant()));
              }
              stored.accept(
                  new Stored(
                      utterance, revision, closesAt, resolved.latest(config.lateness()), told));
              return null;
            });
  }

  private Future<Void> failed(Due due, int failures, Throwable failure) {
    meters.postponed();
    if (failure instanceof BusException || failure instanceof SqlException) {
      log.debug("An utterance is looked at again later", failure);
      if (due.revision() == 0 && failures < PAUSES.size()) {
        vertx.setTimer(PAUSES.get(failures).toMillis(), now -> work(due, failures + 1));
      }
      return Future.succeededFuture();
    }
    log.error("An utterance cannot be decided; it is tried again in {}", AFTER_A_BUG, failure);
    return store
        .postpone(due.utterance(), clock.instant().plus(AFTER_A_BUG), LIMIT)
        .otherwiseEmpty();
  }

  private static String json(Object view) {
    return new String(Json.toBytes(view), UTF_8);
  }

  private static Duration left(CallContext call) {
    return call.remaining(System.nanoTime());
  }
}
