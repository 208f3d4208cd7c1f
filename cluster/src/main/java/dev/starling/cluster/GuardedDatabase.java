package dev.starling.cluster;

import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.decision.Decisions;
import dev.starling.policy.guards.DependencyGuard;
import dev.starling.policy.guards.GuardRefusal;
import dev.starling.policy.guards.NodeGuards;
import dev.starling.policy.rule.Dependencies;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.SqlGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.time.Duration;
import java.util.function.Function;

/** PostgreSQL behind its breaker and its bulkheads. Thread-safe. */
final class GuardedDatabase implements SqlGuard {
  private final DependencyGuard guard;

  GuardedDatabase(NodeGuards guards, Decisions decisions, Vertx vertx) {
    this.guard =
        new DependencyGuard(
            Dependencies.POSTGRES,
            GuardedDatabase::outcome,
            guards,
            decisions,
            vertx,
            System::nanoTime);
  }

  @Override
  public <T> Future<T> run(Duration limit, Function<Duration, Future<T>> work) {
    return guard
        .call(limit, work)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof GuardRefusal refusal ? unavailable(refusal) : failure));
  }

  private static SqlException unavailable(GuardRefusal refusal) {
    return new SqlException(
        new SqlFailure(SqlFailure.Kind.UNAVAILABLE, "", "", String.valueOf(refusal.getMessage())),
        refusal);
  }

  /** What a failure says about the database. */
  static Outcome outcome(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return Outcome.CANCELLED; // the verticle's own
    }
    if (sql.getCause() instanceof ConnectionPoolTooBusyException) {
      return Outcome.SHED; // it is this node that has no room
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT -> Outcome.TIMEOUT;
      case UNAVAILABLE, UNKNOWN_OUTCOME -> Outcome.CONNECT_ERROR;
      // It has answered.
      case UNIQUE_VIOLATION, CHECK_VIOLATION, SERIALIZATION, OTHER -> Outcome.CLIENT_ERROR;
    };
  }
}
