package dev.starling.auth;

import dev.starling.postgres.Term;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles sign-ups that did not end and removes what has expired, a bounded number at a time.
 * Confined to its context.
 *
 * <p>Only the node that owns {@link #SINGLETON} sweeps, with statements that are refused when it no
 * longer does. Nothing depends on it but the size of the tables.
 */
final class Sweeper {
  static final String SINGLETON = "auth.sweeper";

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
  Future<Void> sweep(Term term) {
    Instant now = shared.clock().instant();
    return settleSignUps(term, now)
        .compose(settled -> batches(term, c -> RefreshTokenStore.deleteExpired(c, now, BATCH)))
        .compose(removed -> batches(term, c -> RevocationStore.deleteExpired(c, now, BATCH)))
        .onFailure(failure -> log.warn("Not all was swept, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> settleSignUps(Term term, Instant now) {
    return shared
        .credentials()
        .unconfirmed(now.minus(UNCONFIRMED_LIFE), BATCH, Background.call(LIMIT))
        .compose(
            ids -> {
              Future<Void> chain = Future.succeededFuture();
              for (UUID id : ids) {
                chain = chain.compose(before -> settle(id, term, now));
              }
              return chain;
            });
  }

  private Future<Void> settle(UUID userId, Term term, Instant now) {
    if (term.isOver()) {
      return Future.succeededFuture();
    }
    return users
        .exists(userId, Background.call(LIMIT))
        .compose(
            exists ->
                term.write(
                    LIMIT,
                    c ->
                        exists
                            ? CredentialStore.confirm(c, userId, now)
                            : CredentialStore.deleteUnconfirmed(c, userId)))
        .mapEmpty();
  }

  private static Future<Void> batches(
      Term term, Function<SqlConnection, Future<Integer>> statement) {
    return batches(term, statement, MAX_BATCHES);
  }

  /** Ends when there is no more, or the term is over. */
  private static Future<Void> batches(
      Term term, Function<SqlConnection, Future<Integer>> statement, int left) {
    return term.write(LIMIT, statement)
        .compose(
            write ->
                write.orElse(0) < BATCH || left <= 1
                    ? Future.succeededFuture()
                    : batches(term, statement, left - 1));
  }
}
