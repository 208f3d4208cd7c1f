package dev.starling.devices;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a device says of a command.
 *
 * @param detail in its own words, for people; null for none
 */
record Acknowledgement(@NotNull AckStatus status, @Nullable @Size(max = 500) String detail) {}
