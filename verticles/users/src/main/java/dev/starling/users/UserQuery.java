package dev.starling.users;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the list of users.
 *
 * @param limit how many, 20 unless given
 * @param cursor the {@code next_cursor} of the answer before; null for the beginning
 */
record UserQuery(@Min(1) @Max(100) Integer limit, @Nullable String cursor) {
  private static final int DEFAULT_LIMIT = 20;

  UserQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }
}
