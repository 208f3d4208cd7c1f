package dev.starling.similaritems;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** The path's parameter. */
record ProductPath(
    @NotNull
        @Pattern(
            regexp = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
            message = "must be 1 to 64 of A-Z, a-z, 0-9 and ._-, beginning with a letter or digit")
        String sku) {}
