package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Points that a client deletes together. */
record PointIds(
    @NotNull @Size(min = 1, max = PointChecks.MAX_POINTS)
        List<@Size(min = 1, max = PointChecks.MAX_ID_BYTES) String> ids) {}
