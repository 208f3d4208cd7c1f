package dev.starling.fusion;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Which explanation of an utterance.
 *
 * @param source of the event; null when its id alone says which one it is
 * @param revision null for the latest
 */
record ExplanationQuery(
    @Nullable @Size(min = 1, max = EventFields.MAX_ATTRIBUTE) String source,
    @Nullable @Min(1) Integer revision) {}
