package dev.starling.fusion;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * The path's parameter.
 *
 * @param utterance the id of the event
 */
record UtterancePath(@NotNull @Size(min = 1, max = EventFields.MAX_ID) String utterance) {}
