package dev.starling.outbox;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.outbox.Subscriptions;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Turns;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relays of an instance for one database: one for each range that has shards there now, so it
 * follows shards that are moved.
 *
 * <p>Confined to the instance's context. What fails here, because the database is away, is tried
 * again at the next tick.
 */
final class DatabaseRelays {
  private static final Logger log = LoggerFactory.getLogger(DatabaseRelays.class);

  /** Each shard of a range has its turn within eight minutes. */
  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final String database;
  private final Postgres postgres;
  private final Shards shards;
  private final Claims claims;
  private final Retention retention;
  private final Parts parts;
  private final Doorbell doorbell;
  private final Turns polls;
  private final Map<Integer, Seat> seats = new HashMap<>();
  private @Nullable Future<Void> ticking;
  private boolean stopped;
  private boolean failing;

  /** What its relays are made of. */
  interface Parts {
    /** Those of the database, which then has everything that relays need. */
    Future<Singletons> singletons();

    Relay relay(String name, Relay.Sleep sleep);
  }

  /** A range for which this instance stands. */
  private static final class Seat {
    final Ownership ownership;
    final Relay relay;
    final Turns sweeps = new Turns(SWEEP, System.nanoTime());
    long informedEpoch;
    long lookedEpoch;
    int nextToSweep;

    Seat(Ownership ownership, Relay relay) {
      this.ownership = ownership;
      this.relay = relay;
    }

    /** Another term than at the last look, or one in which nobody would wake the relay. */
    boolean wantsALook() {
      Term term = ownership.term();
      return epoch(term) != lookedEpoch || (term != null && relay.isIdleAndAwake());
    }

    static long epoch(@Nullable Term term) {
      return term == null ? 0 : term.epoch();
    }
  }

  DatabaseRelays(
      ShardDatabase database,
      Shards shards,
      Claims claims,
      Retention retention,
      Duration pollInterval,
      Context context,
      Parts parts) {
    this.database = database.name();
    this.postgres = database.primary();
    this.shards = shards;
    this.claims = claims;
    this.retention = retention;
    this.parts = parts;
    this.polls = new Turns(pollInterval, System.nanoTime());
    this.doorbell = new Doorbell(postgres, context, this::rung);
  }

  /**
   * Looks after the ranges when it is time to, and sooner where this node has become the owner, or
   * something went wrong; never fails. To be called about once a second.
   */
  Future<Void> beat() {
    return seats.isEmpty()
            || seats.values().stream().anyMatch(Seat::wantsALook)
            || polls.take(System.nanoTime())
        ? tick()
        : Future.succeededFuture();
  }

  /** Looks after every range once, unless that is still being done; never fails. */
  Future<Void> tick() {
    if (ticking != null || stopped) {
      return Future.succeededFuture();
    }
    SortedMap<Integer, List<Integer>> here =
        Ranges.divide(shards.placement().byDatabase().getOrDefault(database, List.of()));
    Future<Void> tick =
        seat(here)
            .compose(seated -> run(here))
            .onSuccess(looked -> failing = false)
            .onFailure(this::fails)
            .<Void>mapEmpty()
            .otherwiseEmpty();
    ticking = tick;
    return tick.onComplete(done -> ticking = null);
  }

  /** Ends with what is under way, and gives the ranges up. */
  Future<Void> stop() {
    stopped = true;
    Future<Void> running = ticking == null ? Future.succeededFuture() : ticking;
    return running
        .compose(
            ended -> Future.join(List.copyOf(seats.keySet()).stream().map(this::leave).toList()))
        .eventually(doorbell::close)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /** Once, not each second. */
  private void fails(Throwable failure) {
    if (!failing) {
      failing = true;
      log.warn("The relays for {} rest until it goes on: {}", database, failure.getMessage());
    }
  }

  private void rung(int shard) {
    Seat seat = seats.get(Ranges.of(shard));
    if (seat != null) {
      seat.relay.woken(shard);
    }
  }

  /** Stands for ranges that came, and no more for those that are gone. */
  private Future<?> seat(SortedMap<Integer, List<Integer>> here) {
    List<Future<?>> changes = new ArrayList<>();
    for (int range : List.copyOf(seats.keySet())) {
      if (!here.containsKey(range)) {
        changes.add(leave(range));
      }
    }
    for (int range : here.keySet()) {
      if (!seats.containsKey(range) && claims.take(database, range, this)) {
        changes.add(join(range));
      }
    }
    return Future.join(changes);
  }

  private Future<?> join(int range) {
    String name = "outbox.relay." + database + "." + Ranges.name(range);
    return parts
        .singletons()
        .compose(known -> known.join(name))
        .compose(
            ownership -> {
              if (stopped) {
                claims.giveBack(database, range, this);
                return ownership.leave();
              }
              Relay relay = parts.relay(name, doorbell.bed(range));
              seats.put(range, new Seat(ownership, relay));
              return Future.succeededFuture();
            })
        .onFailure(failure -> claims.giveBack(database, range, this));
  }

  private Future<?> leave(int range) {
    Seat seat = seats.remove(range);
    if (seat == null) {
      return Future.succeededFuture();
    }
    return seat.relay
        .stop()
        .eventually(seat.ownership::leave)
        .onComplete(left -> claims.giveBack(database, range, this));
  }

  private Future<?> run(SortedMap<Integer, List<Integer>> here) {
    boolean owner = seats.values().stream().anyMatch(seat -> seat.ownership.term() != null);
    // Who subscribed while this database was away must be known before anything counts as
    // delivered.
    Future<?> informed =
        owner ? Subscriptions.copyTo(shards, postgres) : Future.failedFuture("it owns no range");
    List<Future<?>> looks = new ArrayList<>();
    seats.forEach(
        (range, seat) -> looks.add(run(seat, here.getOrDefault(range, List.of()), informed)));
    if (owner) {
      looks.add(doorbell.open());
    }
    return Future.join(looks);
  }

  private Future<?> run(Seat seat, List<Integer> here, Future<?> informed) {
    Term term = seat.ownership.term();
    seat.lookedEpoch = Seat.epoch(term);
    if (term == null || here.isEmpty()) {
      return seat.relay.look(null, List.of());
    }
    return informed
        .<Void>mapEmpty()
        .onSuccess(copied -> seat.informedEpoch = term.epoch())
        .recover(
            failure ->
                seat.informedEpoch == term.epoch()
                    ? Future.succeededFuture()
                    : Future.failedFuture(failure))
        .compose(told -> seat.relay.look(term, here))
        .onSuccess(looked -> sweep(seat, term, here));
  }

  /** Beside everything else, a shard at a time. */
  private void sweep(Seat seat, Term term, List<Integer> here) {
    if (!seat.sweeps.take(System.nanoTime())) {
      return;
    }
    int shard = here.get(Math.floorMod(seat.nextToSweep, here.size()));
    seat.nextToSweep++;
    retention.sweep(term, shard);
  }
}
