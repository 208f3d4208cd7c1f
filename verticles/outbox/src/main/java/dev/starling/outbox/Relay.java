package dev.starling.outbox;

import dev.starling.outbox.RelayTable.Due;
import dev.starling.outbox.RelayTable.Standing;
import dev.starling.postgres.FencedWrite.Written;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.Term;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is open in the shards of one range that are in one database.
 *
 * <p>Confined to one context. It works while it has a term: reads what is due in a shard, sends it,
 * and marks in one fenced transaction what became of it, until nothing is due; a few shards at a
 * time, in turn. In each shard one batch is under way, so nothing is sent twice by the same relay.
 */
final class Relay {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final Duration MARK_LIMIT = Duration.ofSeconds(2);
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String LATER = "{}: shard {} is looked at again later: {}";

  private final String name;
  private final RelayTable table;
  private final Deliveries deliveries;
  private final Backoff backoff;
  private final OutboxConfig config;
  private final RelayMeters meters;
  private final Sleep sleep;
  private final Set<Integer> toDo = new LinkedHashSet<>();
  private final Set<Integer> busy = new HashSet<>();
  private final List<Runnable> whenIdle = new ArrayList<>();
  private @Nullable Term term;
  private List<Integer> shards = List.of();

  /** Whether the writers of events wake the relay. */
  interface Sleep {
    /** Succeeds when they do so; with true if they did not before. */
    Future<Boolean> fall();

    /** They need not any more. */
    void end();

    /** Whether they do so now. */
    boolean holds();

    /** For one that only looks from time to time. */
    Sleep NEVER =
        new Sleep() {
          @Override
          public Future<Boolean> fall() {
            return Future.succeededFuture(false);
          }

          @Override
          public void end() {}

          @Override
          public boolean holds() {
            return true;
          }
        };
  }

  Relay(
      String name,
      RelayTable table,
      Deliveries deliveries,
      Backoff backoff,
      OutboxConfig config,
      RelayMeters meters,
      Sleep sleep) {
    this.name = name;
    this.table = table;
    this.deliveries = deliveries;
    this.backoff = backoff;
    this.config = config;
    this.meters = meters;
    this.sleep = sleep;
  }

  /**
   * Looks at the shards and does what is to be done there; never fails.
   *
   * @param current the owner's term; null when this node is not the owner
   */
  Future<Void> look(@Nullable Term current, List<Integer> here) {
    term = current;
    shards = List.copyOf(here);
    if (current == null) {
      meters.stands(name, null);
      sleep.end();
      return Future.succeededFuture();
    }
    return stand()
        .map(Relay::due)
        .recover(failure -> isTooSlow(failure) ? Future.succeededFuture(shards) : failed(failure))
        .onSuccess(this::begin)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /** Something was written to a shard. */
  void woken(int shard) {
    if (shards.contains(shard)) {
      begin(List.of(shard));
    }
  }

  /** Ends with the batches that are under way; the future completes after them. */
  Future<Void> stop() {
    term = null;
    toDo.clear();
    sleep.end();
    meters.stands(name, null);
    return idle();
  }

  /** Whether nothing is under way and nobody would wake it, so that it must look by itself. */
  boolean isIdleAndAwake() {
    return isIdle() && !sleep.holds();
  }

  /** Completes when nothing is under way or waits. */
  Future<Void> idle() {
    return isIdle()
        ? Future.succeededFuture()
        : Future.future(promise -> whenIdle.add(promise::complete));
  }

  private Future<List<Standing>> stand() {
    return table
        .standings(shards)
        .onSuccess(found -> meters.stands(name, term == null ? null : found))
        .onFailure(failure -> log.debug("{}: how it stands cannot be read", name, failure));
  }

  /** So much may be open that it cannot be counted in time; then it has to be delivered first. */
  private static boolean isTooSlow(Throwable failure) {
    return SqlFailure.classify(failure).kind() == SqlFailure.Kind.TIMEOUT;
  }

  private static <T> Future<T> failed(Throwable failure) {
    return Future.failedFuture(failure);
  }

  private static List<Integer> due(List<Standing> found) {
    return found.stream().filter(Standing::due).map(Standing::shard).toList();
  }

  private void begin(Collection<Integer> found) {
    Term current = term;
    if (current == null || current.isOver()) {
      return;
    }
    if (found.isEmpty()) {
      rest();
      return;
    }
    sleep.end();
    toDo.addAll(found);
    next(current);
  }

  /** Falls asleep when there is nothing to do. */
  private void rest() {
    if (!isIdle() || term == null) {
      return;
    }
    sleep
        .fall()
        .onFailure(
            failure -> {
              log.trace("{}: stays awake", name, failure);
              if (isWriting(failure)) {
                lookOnceMore();
              }
            })
        .onSuccess(
            fallen -> {
              if (fallen) {
                // Whatever came before it fell asleep is found by one more look.
                lookOnceMore();
              }
            });
  }

  private void lookOnceMore() {
    stand().onSuccess(found -> begin(due(found)));
  }

  /** Whether somebody who has found it awake has not committed yet: it has work in a moment. */
  private static boolean isWriting(Throwable failure) {
    return SqlFailure.classify(failure).sqlState().equals(LOCK_NOT_AVAILABLE);
  }

  private boolean isIdle() {
    return busy.isEmpty() && toDo.isEmpty();
  }

  private void next(Term current) {
    for (int shard : List.copyOf(toDo)) {
      if (busy.size() >= config.shardsAtOnce()) {
        return;
      }
      if (!busy.contains(shard)) {
        toDo.remove(shard);
        busy.add(shard);
        batch(current, shard)
            .onFailure(failure -> log.warn(LATER, name, shard, failure.getMessage()))
            .otherwise(false)
            .onSuccess(more -> finished(current, shard, more));
      }
    }
  }

  private void finished(Term current, int shard, boolean more) {
    busy.remove(shard);
    if (term == null || current.isOver()) {
      toDo.clear();
    } else {
      if (more) {
        // Behind the others: a shard with much to do keeps none of them waiting.
        toDo.add(shard);
      }
      next(current);
    }
    if (isIdle()) {
      List<Runnable> waiting = List.copyOf(whenIdle);
      whenIdle.clear();
      waiting.forEach(Runnable::run);
      rest();
    }
  }

  /** Sends what is due first in a shard; gives whether there may be more. */
  private Future<Boolean> batch(Term current, int shard) {
    if (term == null || current.isOver()) {
      return Future.succeededFuture(false);
    }
    return table
        .due(shard, config.batchEvents(), config.batchBytes())
        .compose(
            due ->
                due.events().isEmpty() || current.isOver()
                    ? Future.succeededFuture(false)
                    : deliver(current, shard, due));
  }

  private Future<Boolean> deliver(Term current, int shard, Due due) {
    return deliveries
        .send(shard, due.events(), due.nowMillis())
        .compose(
            outcomes -> {
              Marks marks = settle(due, outcomes);
              return current
                  .write(MARK_LIMIT, connection -> RelayTable.mark(connection, shard, marks))
                  .map(
                      write -> {
                        boolean written = write instanceof Written;
                        if (written) {
                          meters.count(outcomes, marks);
                        }
                        return written;
                      });
            });
  }

  private Marks settle(Due due, List<Map<String, Outcome>> outcomes) {
    Settlement settlement = new Settlement(config.maxAttempts(), backoff, due.nowMillis());
    for (int i = 0; i < due.events().size(); i++) {
      settlement.add(due.events().get(i), outcomes.get(i));
    }
    return settlement.marks();
  }
}
