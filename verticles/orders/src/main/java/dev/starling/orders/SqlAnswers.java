package dev.starling.orders;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;

/** Says to clients what a failure of the database means for them. */
final class SqlAnswers {
  private static final String NOTHING_DONE = "the database did not answer; nothing was changed";
  private static final String UNKNOWN = "the database was lost during the commit";

  private SqlAnswers() {}

  /** The refusal that a failed statement becomes; a mistake of ours stays a failure. */
  static <T> Future<Reply<T>> refusal(Throwable failure) {
    return failure instanceof SqlException sql
        ? refusal(sql.failure(), failure)
        : Future.failedFuture(failure);
  }

  static <T> Future<Reply<T>> refusal(SqlFailure failure, Throwable otherwise) {
    return switch (failure.kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, NOTHING_DONE));
      case UNKNOWN_OUTCOME ->
          Future.succeededFuture(Reply.refused(Refusal.UNKNOWN_OUTCOME, UNKNOWN));
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Future.failedFuture(otherwise);
    };
  }
}
