package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;

/** The point of a line is stored. */
record PointStored(@NotNull String id) {}
