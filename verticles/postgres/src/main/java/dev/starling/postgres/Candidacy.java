package dev.starling.postgres;

import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an instance does for the work of a singleton: it is a candidate, and tries again to become
 * one while the database is away. Confined to the context of its instance.
 */
public final class Candidacy {
  private static final Logger log = LoggerFactory.getLogger(Candidacy.class);

  private final Supplier<Future<Ownership>> join;
  private final Function<Ownership, Future<Void>> work;
  private @Nullable Ownership ownership;
  private boolean joining;
  private boolean left;

  /**
   * @param join makes the instance a candidate
   * @param work is offered at each tick, also to those who are not the owner; never fails
   */
  public Candidacy(Supplier<Future<Ownership>> join, Function<Ownership, Future<Void>> work) {
    this.join = join;
    this.work = work;
  }

  /** Once an interval, and first of all; never fails. */
  public Future<Void> tick() {
    Ownership own = ownership;
    if (own != null) {
      return work.apply(own);
    }
    if (joining || left) {
      return Future.succeededFuture();
    }
    joining = true;
    return join.get()
        .compose(this::joined)
        .onFailure(
            failure ->
                log.info("No candidate until its database is back: {}", failure.getMessage()))
        .onComplete(done -> joining = false)
        .otherwiseEmpty();
  }

  public Future<Void> leave() {
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
