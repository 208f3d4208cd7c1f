package dev.starling.auth;

import dev.starling.bus.CallContext;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles sign-ups that did not end and removes what has expired, a bounded number at a time.
 * Confined to its context.
 *
 * <p>Nodes that sweep at the same time do no harm to each other. Nothing depends on it but the size
 * of the tables.
 */
final class Sweeper {
  static final Duration INTERVAL = Duration.ofMinutes(10);

  /** Longer than any sign-up can take, and than the users service holds an address. */
  static final Duration UNCONFIRMED_LIFE = Duration.ofHours(1);

  private static final int BATCH = 500;
  private static final int MAX_BATCHES = 20;
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private final Shared shared;
  private final Users users;

  Sweeper(Shared shared, Users users) {
    this.shared = shared;
    this.users = users;
  }

  /** Sweeps once; never fails. */
  Future<Void> sweep() {
    Instant now = shared.clock().instant();
    return settleSignUps(now)
        .compose(
            settled ->
                batches(() -> shared.refreshTokens().deleteExpired(now, BATCH, LIMIT), MAX_BATCHES))
        .compose(
            removed ->
                batches(
                    () -> shared.revocationStore().deleteExpired(now, BATCH, LIMIT), MAX_BATCHES))
        .onFailure(failure -> log.warn("Not all was swept, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> settleSignUps(Instant now) {
    return shared
        .credentials()
        .unconfirmed(now.minus(UNCONFIRMED_LIFE), BATCH, Background.call(LIMIT))
        .compose(
            ids -> {
              Future<Void> chain = Future.succeededFuture();
              for (UUID id : ids) {
                chain = chain.compose(before -> settle(id, now));
              }
              return chain;
            });
  }

  private Future<Void> settle(UUID userId, Instant now) {
    CallContext call = Background.call(LIMIT);
    return users
        .exists(userId, call)
        .compose(
            exists ->
                exists
                    ? shared.credentials().confirm(userId, now, call)
                    : shared.credentials().deleteUnconfirmed(userId, call));
  }

  private static Future<Void> batches(Supplier<Future<Integer>> batch, int left) {
    return batch
        .get()
        .compose(
            removed ->
                removed < BATCH || left <= 1 ? Future.succeededFuture() : batches(batch, left - 1));
  }
}
