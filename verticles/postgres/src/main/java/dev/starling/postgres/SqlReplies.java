package dev.starling.postgres;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;

/** Says to clients what a failure of the database means for them. Without state. */
public final class SqlReplies {
  private SqlReplies() {}

  /** The refusal that a failed statement becomes; a mistake of ours stays a failure. */
  public static <T> Future<Reply<T>> refusal(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return Future.failedFuture(failure);
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          Future.succeededFuture(
              Reply.refused(
                  Refusal.NOT_EXECUTED, "the database did not answer; nothing was changed"));
      case UNKNOWN_OUTCOME ->
          Future.succeededFuture(
              Reply.refused(Refusal.UNKNOWN_OUTCOME, "the database was lost during the commit"));
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Future.failedFuture(failure);
    };
  }
}
