package dev.starling.users;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import io.vertx.core.Future;

/** Says to other services what a failure of the database means for them. */
final class SqlAnswers {
  private static final String NOTHING_DONE = "the database did not answer; nothing was changed";
  private static final String UNKNOWN = "the database was lost during the commit";

  private SqlAnswers() {}

  /** The failure that a caller on the bus gets; a mistake of ours stays what it is. */
  static <T> Future<T> busFailure(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return Future.failedFuture(failure);
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, NOTHING_DONE));
      case UNKNOWN_OUTCOME ->
          Future.failedFuture(new BusException(ErrorCode.UNKNOWN_OUTCOME, UNKNOWN));
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Future.failedFuture(failure);
    };
  }

  /** Whether the statement failed because time ran out, which another caller may still have. */
  static boolean isTimeout(Throwable failure) {
    return failure instanceof SqlException sql && sql.failure().kind() == SqlFailure.Kind.TIMEOUT;
  }

  /** Whether it cannot be told if a write was committed. */
  static boolean isUnknown(Throwable failure) {
    return failure instanceof SqlException sql
        && sql.failure().kind() == SqlFailure.Kind.UNKNOWN_OUTCOME;
  }

  /** The same failure, of a write that changes nothing which anybody can see. */
  static <T> Future<T> nothingDone(Throwable failure) {
    return Future.failedFuture(
        isUnknown(failure)
            ? new SqlException(
                new SqlFailure(
                    SqlFailure.Kind.UNAVAILABLE, "", "", String.valueOf(failure.getMessage())),
                failure)
            : failure);
  }

  /** The failure of a statement that was carried out too late to have an effect. */
  static <T> Future<T> tooLate() {
    return Future.failedFuture(
        new SqlException(
            new SqlFailure(SqlFailure.Kind.TIMEOUT, "", "", "too late to have an effect"), null));
  }
}
