package dev.starling.fusion;

import dev.starling.fusion.DecisionStore.Due;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is due and was noticed by nobody: utterances whose owner died, and windows that close.
 * Thread-safe; the instances of a node share it, and one of them has its turn.
 *
 * <p>A node looks for its own users, and after a while for anybody's: an owner may be alive and not
 * get to it.
 */
final class Sweep {
  /** How often each instance asks whether it is time to. */
  static final Duration BEAT = Duration.ofMillis(200);

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** What was noticed is being decided meanwhile. */
  private static final Duration GRACE = Duration.ofMillis(300);

  private static final Duration OF_OTHERS = Duration.ofSeconds(5);

  private final Shards shards;
  private final DecisionStore store;
  private final FusionOwners owners;
  private final RecentUsers recent;
  private final InstantSource clock;
  private final Turns turns;
  private List<String> nodes = List.of();

  Sweep(
      Shards shards,
      DecisionStore store,
      FusionOwners owners,
      RecentUsers recent,
      InstantSource clock) {
    this.shards = shards;
    this.store = store;
    this.owners = owners;
    this.recent = recent;
    this.clock = clock;
    this.turns = new Turns(INTERVAL, System.nanoTime());
  }

  /**
   * Looks when it is time to, and at once when nodes have come or gone; never fails.
   *
   * @param work does what is due
   */
  Future<Void> beat(long nowNanos, Consumer<Due> work) {
    return hasChanged() | turns.take(nowNanos) ? look(work) : Future.succeededFuture();
  }

  private synchronized boolean hasChanged() {
    List<String> now = owners.nodes();
    boolean changed = !now.equals(nodes);
    nodes = now;
    return changed;
  }

  private Future<Void> look(Consumer<Due> work) {
    recent.prune();
    Instant now = clock.instant();
    List<Future<?>> looks = new ArrayList<>();
    shards
        .placement()
        .byDatabase()
        .forEach(
            (database, held) -> {
              if (!held.isEmpty()) {
                looks.add(
                    store
                        .due(database, held, now.minus(GRACE), LIMIT)
                        .onSuccess(due -> due.forEach(one -> offer(one, now, work)))
                        .onFailure(failure -> log.debug("A database is looked at later", failure)));
              }
            });
    return Future.join(looks).<Void>mapEmpty().otherwiseEmpty();
  }

  private void offer(Due due, Instant now, Consumer<Due> work) {
    if (owners.isSelf(due.utterance().user()) || due.dueAt().isBefore(now.minus(OF_OTHERS))) {
      work.accept(due);
    }
  }
}
