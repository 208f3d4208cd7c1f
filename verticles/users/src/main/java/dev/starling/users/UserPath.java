package dev.starling.users;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;

/**
 * The path's parameter.
 *
 * @param id a UUID in its usual form, in lower case
 */
record UserPath(
    @NotNull
        @Pattern(
            regexp = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            message = "must be a UUID")
        String id) {
  UserPath {
    id = id == null ? null : id.toLowerCase(Locale.ROOT);
  }
}
