package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** The parameters of {@code /v1/vectors/{collection}/points/{id}}. */
record PointPath(
    @NotNull @Pattern(regexp = PointChecks.NAME) String collection,
    @NotNull @Size(min = 1, max = PointChecks.MAX_ID_BYTES) String id) {}
