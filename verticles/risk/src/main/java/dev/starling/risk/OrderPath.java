package dev.starling.risk;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * The path's parameter.
 *
 * @param id a UUID in its usual form
 */
record OrderPath(
    @NotNull
        @Pattern(
            regexp = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            message = "must be a UUID")
        String id) {}
