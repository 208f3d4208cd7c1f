package dev.starling.users;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;

/** Says to clients and to other services what a failure of the database means for them. */
final class SqlAnswers {
  private static final String NOTHING_DONE = "the database did not answer; nothing was changed";
  private static final String UNKNOWN = "the database was lost during the commit";

  private SqlAnswers() {}

  /** The refusal that a failed statement becomes; a mistake of ours stays a failure. */
  static <T> Future<Reply<T>> refusal(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return Future.failedFuture(failure);
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, NOTHING_DONE));
      case UNKNOWN_OUTCOME ->
          Future.succeededFuture(Reply.refused(Refusal.UNKNOWN_OUTCOME, UNKNOWN));
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Future.failedFuture(failure);
    };
  }

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

  /** Whether the row broke this constraint. */
  static boolean violates(Throwable failure, String constraint) {
    return failure instanceof SqlException sql
        && sql.failure().kind() == SqlFailure.Kind.UNIQUE_VIOLATION
        && sql.failure().constraint().equals(constraint);
  }
}
