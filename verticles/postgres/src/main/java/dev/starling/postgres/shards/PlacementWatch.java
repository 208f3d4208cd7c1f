package dev.starling.postgres.shards;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the shards are, as far as this node knows; read again each second. Thread-safe. */
final class PlacementWatch {
  private static final Logger log = LoggerFactory.getLogger(PlacementWatch.class);
  private static final Duration REFRESH = Duration.ofSeconds(1);
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Vertx vertx;
  private final PlacementTable table;
  private final Set<String> databases;
  private final AtomicReference<Placement> placement;
  private final AtomicReference<@Nullable Future<Placement>> reading = new AtomicReference<>();
  private final long timer;

  /**
   * @param databases the names that the configuration knows
   * @param eachTime what else is to be done each second
   */
  PlacementWatch(
      Vertx vertx,
      PlacementTable table,
      Set<String> databases,
      Placement first,
      Runnable eachTime) {
    this.vertx = vertx;
    this.table = table;
    this.databases = databases;
    this.placement = new AtomicReference<>(first);
    this.timer =
        vertx.setPeriodic(
            REFRESH.toMillis(),
            tick -> {
              refresh();
              eachTime.run();
            });
  }

  Placement current() {
    return placement.get();
  }

  /**
   * Reads until the shard has another place than the one with this epoch.
   *
   * @return whether it has, before {@code deadlineNanos}
   */
  Future<Boolean> awaitMove(int shard, long epoch, long deadlineNanos) {
    if (current().of(shard).epoch() != epoch) {
      return Future.succeededFuture(true);
    }
    if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS) - deadlineNanos >= 0) {
      return Future.succeededFuture(false);
    }
    // The read may be somebody else's: neither its context nor its time is this caller's.
    return Future.fromCompletionStage(refresh().toCompletionStage(), vertx.getOrCreateContext())
        .timeout(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
        .otherwiseEmpty()
        .compose(
            read ->
                current().of(shard).epoch() != epoch
                    ? Future.succeededFuture(true)
                    : vertx
                        .timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(rested -> awaitMove(shard, epoch, deadlineNanos)));
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  /** Everybody who asks while it is being read gets the same answer. */
  private Future<Placement> refresh() {
    Promise<Placement> mine = Promise.promise();
    Future<Placement> running = reading.compareAndExchange(null, mine.future());
    if (running != null) {
      return running;
    }
    table
        .read()
        .compose(found -> found.checked(databases))
        .onSuccess(this::place)
        .onFailure(failure -> log.debug("The placement of the shards cannot be read", failure))
        .onComplete(done -> reading.set(null))
        .onComplete(mine);
    return mine.future();
  }

  private void place(Placement found) {
    Placement before = placement.getAndSet(found);
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (found.of(shard).epoch() != before.of(shard).epoch()) {
        log.info(
            "{} is in {} now, no longer in {}",
            Shards.schema(shard),
            found.of(shard).database(),
            before.of(shard).database());
      }
    }
  }
}
