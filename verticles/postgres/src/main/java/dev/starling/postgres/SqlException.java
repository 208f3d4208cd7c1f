package dev.starling.postgres;

import org.jspecify.annotations.Nullable;

/** Carries a {@link SqlFailure} through a failed future; it has no stack trace. */
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SqlFailure failure;

  public SqlException(SqlFailure failure, @Nullable Throwable cause) {
    super(failure.kind() + ": " + failure.message(), cause, false, false);
    this.failure = failure;
  }

  public SqlFailure failure() {
    return failure;
  }
}
