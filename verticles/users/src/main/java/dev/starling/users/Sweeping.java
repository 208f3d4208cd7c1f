package dev.starling.users;

import dev.starling.postgres.Ownership;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an instance does to have a database swept: it is a candidate, and tries again to become one
 * while the database is away. Confined to the context of its instance.
 */
final class Sweeping {
  private static final Logger log = LoggerFactory.getLogger(Sweeping.class);

  private final Sweeper sweeper;
  private final Supplier<Future<Ownership>> candidacy;
  private @Nullable Ownership ownership;
  private boolean joining;
  private boolean left;

  /**
   * @param candidacy makes the instance a candidate
   */
  Sweeping(Sweeper sweeper, Supplier<Future<Ownership>> candidacy) {
    this.sweeper = sweeper;
    this.candidacy = candidacy;
  }

  /** Once an interval, and first of all; never fails. */
  Future<Void> tick() {
    Ownership own = ownership;
    if (own != null) {
      return sweeper.tick(own);
    }
    if (joining || left) {
      return Future.succeededFuture();
    }
    joining = true;
    return candidacy
        .get()
        .compose(this::joined)
        .onFailure(failure -> log.info("Not swept until it is back: {}", failure.getMessage()))
        .onComplete(done -> joining = false)
        .otherwiseEmpty();
  }

  Future<Void> leave() {
    left = true;
    return ownership == null ? Future.succeededFuture() : ownership.leave();
  }

  private Future<Void> joined(Ownership own) {
    if (left) {
      return own.leave();
    }
    ownership = own;
    return Future.succeededFuture();
  }
}
