package dev.starling.devices;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * The parameter of paths below {@code /v1/devices/{id}}.
 *
 * @param id a name among the devices of the caller
 */
record DevicePath(
    @NotNull @Pattern(regexp = DevicePath.ID, message = DevicePath.EXPECTATION) String id) {
  static final String ID = "^[A-Za-z0-9._-]{1,64}$";
  static final String EXPECTATION = "must be 1 to 64 letters, digits, '.', '_' and '-'";
}
