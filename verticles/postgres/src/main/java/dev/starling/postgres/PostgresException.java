package dev.starling.postgres;

import org.jspecify.annotations.Nullable;

/** A PostgreSQL server or schema that cannot be used; the message is one line for the operator. */
public final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PostgresException(String message) {
    super(message);
  }

  public PostgresException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
