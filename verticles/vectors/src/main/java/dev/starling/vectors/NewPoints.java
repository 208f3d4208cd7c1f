package dev.starling.vectors;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Points that a client stores together. */
record NewPoints(
    @NotNull @Size(min = 1, max = PointChecks.MAX_POINTS) List<@Valid NewPoint> points) {}
