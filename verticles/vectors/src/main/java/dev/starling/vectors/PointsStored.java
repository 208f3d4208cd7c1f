package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;

/** How many points are stored, each with what was given. */
record PointsStored(@NotNull int stored) {}
