package dev.starling.auth;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.SqlException;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;

/** Says to clients what a failure of the database, the bus or the hashing means for them. */
final class Refusals {
  private static final String NOTHING_DONE = "it cannot be done now; nothing was changed";
  private static final String UNKNOWN = "it cannot be told whether it was done";
  private static final String RETRY_AFTER_SECONDS = "1";

  private Refusals() {}

  /** The refusal that a failure becomes; a mistake of ours stays a failure. */
  static <T> Future<Reply<T>> of(Throwable failure) {
    return switch (kind(failure)) {
      case INVALID -> Future.succeededFuture(Reply.refused(Refusal.INVALID, failure.getMessage()));
      case NOT_EXECUTED ->
          Future.succeededFuture(
              Reply.<T>refused(Refusal.NOT_EXECUTED, NOTHING_DONE)
                  .header("retry-after", RETRY_AFTER_SECONDS));
      case UNKNOWN_OUTCOME ->
          Future.succeededFuture(Reply.refused(Refusal.UNKNOWN_OUTCOME, UNKNOWN));
      case BUG -> Future.failedFuture(failure);
    };
  }

  /**
   * A failure of something that kept nothing, whatever became of it: as sure as {@code
   * UNAVAILABLE}.
   */
  static Throwable withoutEffect(Throwable failure) {
    return kind(failure) == Kind.UNKNOWN_OUTCOME
        ? new BusException(ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()))
        : failure;
  }

  private enum Kind {
    INVALID,
    NOT_EXECUTED,
    UNKNOWN_OUTCOME,
    BUG
  }

  private static Kind kind(Throwable failure) {
    if (failure instanceof SqlException sql) {
      return switch (sql.failure().kind()) {
        case TIMEOUT, UNAVAILABLE, SERIALIZATION -> Kind.NOT_EXECUTED;
        case UNKNOWN_OUTCOME -> Kind.UNKNOWN_OUTCOME;
        case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Kind.BUG;
      };
    }
    if (failure instanceof BusException bus) {
      if (bus.code() == ErrorCode.INVALID_ARGUMENT) {
        return Kind.INVALID;
      }
      return bus.code().notExecuted() ? Kind.NOT_EXECUTED : Kind.UNKNOWN_OUTCOME;
    }
    return Kind.BUG;
  }
}
