package dev.starling.sdk;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import java.util.List;

/**
 * Input after it was bound to a record: the valid value, or what is wrong with it.
 *
 * @param <T> the record
 */
sealed interface Bound<T> {

  record Valid<T>(T value) implements Bound<T> {}

  /**
   * Input that cannot be used.
   *
   * @param refusal {@code MALFORMED} when it could not be read at all, otherwise {@code INVALID}
   */
  record Wrong<T>(Refusal refusal, String detail, List<Violation> violations) implements Bound<T> {

    static <T> Wrong<T> malformed(String detail) {
      return new Wrong<>(Refusal.MALFORMED, detail, List.of());
    }

    static <T> Wrong<T> invalid(List<Violation> violations) {
      return new Wrong<>(Refusal.INVALID, "the request breaks a constraint", violations);
    }
  }
}
