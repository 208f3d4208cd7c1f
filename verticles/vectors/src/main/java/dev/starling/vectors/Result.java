package dev.starling.vectors;

import dev.starling.contract.operation.OperationReply.Refusal;
import io.vertx.core.Future;

/** What became of something that was asked for. Immutable. */
sealed interface Result<T> {

  record Done<T>(T value) implements Result<T> {}

  /**
   * It was not done, or is not known to be: {@link Refusal#UNKNOWN_OUTCOME}.
   *
   * @param detail for whoever asked
   */
  record Refused<T>(Refusal reason, String detail) implements Result<T> {
    <U> Refused<U> as() {
      return new Refused<>(reason, detail);
    }
  }

  /** All that is to be said of something that was done. */
  enum Ok {
    OK
  }

  Result<Ok> OK = new Done<>(Ok.OK);

  static <T> Result<T> done(T value) {
    return new Done<>(value);
  }

  static <T> Result<T> refused(Refusal reason, String detail) {
    return new Refused<>(reason, detail);
  }

  static <T> Future<Result<T>> refusing(Refusal reason, String detail) {
    return Future.succeededFuture(refused(reason, detail));
  }
}
