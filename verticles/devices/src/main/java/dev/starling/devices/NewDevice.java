package dev.starling.devices;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device as its user describes it.
 *
 * @param name as the user calls it when speaking
 * @param location where it is, e.g. {@code kitchen}; null when it is carried or unknown
 * @param capabilities what it can be told to do
 * @param webhook where its commands are sent; null when it fetches them
 */
record NewDevice(
    @NotBlank @Size(max = 100) String name,
    @NotNull DeviceKind kind,
    @Nullable @Size(max = 100) String location,
    @NotNull @Size(max = NewDevice.MAX_CAPABILITIES) List<@NotNull Capability> capabilities,
    @Nullable @Size(min = 1, max = 2048) String webhook) {
  /** Room for each of them, and for a few that somebody names twice. */
  static final int MAX_CAPABILITIES = 32;

  /** Each once, in the order of the alphabet. */
  List<String> capabilityNames() {
    return capabilities.stream().map(Capability::text).distinct().sorted().toList();
  }
}
