package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** The parameter of paths below {@code /v1/vectors/{collection}}. */
record CollectionPath(@NotNull @Pattern(regexp = PointChecks.NAME) String collection) {}
