package dev.starling.auth;

import dev.starling.auth.RevocationStore.Position;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is in the table of revocations into the memory of this node.
 *
 * <p>Thread-safe; shared by the instances of a node. Events bring a revocation in milliseconds;
 * this is for the one whose event was lost, and for the start.
 */
final class RevocationFeed {
  /** With the limit below, every node has every revocation within two seconds. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Duration LIMIT = Duration.ofMillis(900);

  /**
   * A row becomes visible when its transaction commits, perhaps behind a row that was recorded
   * later. Each look goes back by more than any transaction may last.
   */
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private static final int PAGE = 1_000;
  private static final Logger log = LoggerFactory.getLogger(RevocationFeed.class);

  private final RevocationStore store;
  private final RevocationList list;
  private final InstantSource clock;
  private final Turns turns;
  private final AtomicReference<Position> seen = new AtomicReference<>(Position.START);

  RevocationFeed(RevocationStore store, RevocationList list, InstantSource clock, long nowNanos) {
    this.store = store;
    this.list = list;
    this.clock = clock;
    this.turns = new Turns(INTERVAL, nowNanos);
  }

  /** Looks if no instance of this node has for an interval; never fails. */
  Future<Void> tick(long nowNanos) {
    if (!turns.take(nowNanos)) {
      return Future.succeededFuture();
    }
    list.forgetExpired(clock.instant().getEpochSecond());
    return look()
        .onFailure(failure -> log.warn("Revocations cannot be read, to be tried again", failure))
        .otherwiseEmpty();
  }

  /** Reads everything that is new. */
  Future<Void> look() {
    return read(seen.get().earlier(OVERLAP));
  }

  private Future<Void> read(Position from) {
    return store
        .page(from, clock.instant(), PAGE, LIMIT)
        .compose(
            page -> {
              page.entries().forEach(list::add);
              seen.accumulateAndGet(page.end(), RevocationFeed::later);
              return page.entries().size() < PAGE ? Future.succeededFuture() : read(page.end());
            });
  }

  private static Position later(Position a, Position b) {
    return a.recordedAt().isBefore(b.recordedAt()) ? b : a;
  }
}
