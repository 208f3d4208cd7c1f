package dev.starling.cluster;

import dev.starling.policy.breaker.Outcome;
import dev.starling.postgres.SqlException;
import dev.starling.redis.RedisException;
import io.vertx.core.http.ConnectionPoolTooBusyException;

/** What the failure of a call says about who was called. */
final class DependencyOutcomes {
  private DependencyOutcomes() {}

  static Outcome ofPostgres(Throwable failure) {
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

  static Outcome ofRedis(Throwable failure) {
    if (!(failure instanceof RedisException redis)) {
      return Outcome.CANCELLED;
    }
    return switch (redis.reason()) {
      case TIMEOUT -> Outcome.TIMEOUT;
      case AWAY, LOST -> Outcome.CONNECT_ERROR;
      case BUSY -> Outcome.SHED;
      case REFUSED -> Outcome.CLIENT_ERROR;
    };
  }
}
