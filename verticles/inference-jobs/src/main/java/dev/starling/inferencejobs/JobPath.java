package dev.starling.inferencejobs;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;

/**
 * The path's parameter.
 *
 * @param id a UUID in its usual form
 */
record JobPath(
    @NotNull
        @Pattern(
            regexp = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            message = "must be a UUID")
        String id) {

  UUID jobId() {
    return UUID.fromString(id);
  }
}
