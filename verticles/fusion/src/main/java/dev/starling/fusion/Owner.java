package dev.starling.fusion;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.fusion.FusionContract;
import dev.starling.contract.fusion.FusionContract.DueUtterance;
import dev.starling.contract.fusion.FusionContract.Heard;
import dev.starling.contract.fusion.FusionContract.Noticed;
import dev.starling.fusion.DecisionStore.Due;
import dev.starling.fusion.EventLog.Append;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells owners of users what was stored, and is told. Confined to an instance's context. What is
 * not heard is found by {@link Sweep}.
 */
final class Owner {
  private static final Logger log = LoggerFactory.getLogger(Owner.class);
  private static final Duration TELLING = Duration.ofSeconds(2);
  private static final Duration READING = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Bus bus;
  private final FusionOwners owners;
  private final DueQueue queue;
  private final DecisionStore store;
  private final Decider decider;
  private final RecentUsers recent;
  private final ClockHints clocks;
  private final Predicate<Content> tells;
  private final Duration lateness;
  private final Random random;
  private final Set<UUID> lookingAgain = new HashSet<>();

  /**
   * @param tells whether something says more than how its device's clock goes
   */
  Owner(
      Vertx vertx,
      Bus bus,
      FusionOwners owners,
      DueQueue queue,
      DecisionStore store,
      Decider decider,
      RecentUsers recent,
      ClockHints clocks,
      Predicate<Content> tells,
      Duration lateness,
      Random random) {
    this.vertx = vertx;
    this.bus = bus;
    this.owners = owners;
    this.queue = queue;
    this.store = store;
    this.decider = decider;
    this.recent = recent;
    this.clocks = clocks;
    this.tells = tells;
    this.lateness = lateness;
    this.random = random;
  }

  /** These events of a user were stored here. */
  void stored(UUID user, List<Append> fresh) {
    List<DueUtterance> utterances = new ArrayList<>();
    boolean late = false;
    boolean isOwner = owners.isSelf(user);
    for (Append append : fresh) {
      FusionEvent event = append.row().event();
      Instant dueAt = append.dueAt();
      if (dueAt != null) {
        utterances.add(new DueUtterance(event.source(), event.id(), dueAt.toEpochMilli()));
      }
      Instant happened = clocks.happened(user, event, lateness);
      if (tells.test(event.content())) {
        // The owner knows what it has decided; others know only what may have been.
        late |=
            isOwner
                ? recent.mayChange(user, happened)
                : happened.plus(lateness).isBefore(event.receivedAt());
      }
    }
    if (utterances.isEmpty() && !late) {
      return;
    }
    Noticed noticed = new Noticed(user.toString(), utterances, late);
    if (isOwner) {
      noticed(user, noticed);
      return;
    }
    String owner = owners.of(user);
    CallContext call =
        CallContext.expiringAt(System.nanoTime() + TELLING.toNanos(), TraceContext.start(random));
    bus.call(FusionContract.noticed(owner), noticed, call)
        .onFailure(failure -> log.debug("{} was not told", owner, failure));
  }

  /** Another node has stored something of a user who is this one's. */
  Future<Heard> hear(Noticed noticed, CallContext call) {
    UUID user = Uuids.parse(noticed.user());
    if (user != null) {
      noticed(user, noticed);
    }
    return Future.succeededFuture(new Heard());
  }

  private void noticed(UUID user, Noticed noticed) {
    for (DueUtterance utterance : noticed.utterances()) {
      queue.add(
          new Due(
              UserKey.of(user, utterance.source(), utterance.id()),
              // A millisecond is more than what was cut off.
              Instant.ofEpochMilli(utterance.dueMillis() + 1),
              0,
              null));
    }
    if (noticed.late() && recent.mayChange(user, Instant.MIN)) {
      lookAgain(user);
    }
  }

  /** Once within the bound, however much comes late. */
  private void lookAgain(UUID user) {
    if (!lookingAgain.add(user)) {
      return;
    }
    vertx.setTimer(
        Math.max(1, lateness.toMillis()),
        now -> {
          lookingAgain.remove(user);
          store
              .open(user, READING)
              .compose(open -> decider.again(user, open))
              .onFailure(failure -> log.debug("Late events are looked at later", failure));
        });
  }
}
