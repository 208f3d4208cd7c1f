package dev.starling.postgres;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server or schema that cannot be used; the message is one line for the operator. */
public final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern LINE_END = Pattern.compile("\\s*\\R\\s*");

  public PostgresException(String message) {
    this(message, null);
  }

  /** Line ends, which the server and its programs are fond of, become bars. */
  public PostgresException(String message, @Nullable Throwable cause) {
    super(LINE_END.matcher(message.strip()).replaceAll(" | "), cause);
  }
}
