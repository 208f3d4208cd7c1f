package dev.starling.sdk;

import dev.starling.contract.operation.Violation;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list.
 *
 * @param limit how many, 20 unless given
 * @param cursor the {@code next_cursor} of the answer before; null for the beginning
 */
public record PageQuery(@Min(1) @Max(100) Integer limit, @Nullable String cursor) {
  private static final int DEFAULT_LIMIT = 20;

  public PageQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }

  /** Where to go on; null for the beginning, and for a cursor that is none. */
  public @Nullable PageCursor after() {
    return cursor == null ? null : PageCursor.parse(cursor);
  }

  /** Why the cursor cannot be used; null when it can. */
  public <T> @Nullable Reply<T> refused() {
    return cursor == null || after() != null
        ? null
        : Reply.invalid(
            new Violation("/query/cursor", "must be a next_cursor that this list gave"));
  }
}
