package dev.starling.devices;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;

/**
 * The parameters of paths below {@code /v1/devices/{id}/commands/{command}}.
 *
 * @param id a name among the devices of the caller
 * @param command a UUID in its usual form
 */
record CommandPath(
    @NotNull @Pattern(regexp = DevicePath.ID, message = DevicePath.EXPECTATION) String id,
    @NotNull
        @Pattern(
            regexp = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            message = "must be a UUID")
        String command) {

  UUID commandId() {
    return UUID.fromString(command);
  }
}
