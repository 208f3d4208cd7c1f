package dev.starling.devices;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered device. Immutable.
 *
 * @param location empty when it is carried or unknown
 * @param capabilities in the order of the alphabet
 * @param webhook null for a device that fetches its commands
 */
record Device(
    UUID userId,
    String id,
    String name,
    DeviceKind kind,
    String location,
    List<String> capabilities,
    @Nullable Webhook webhook,
    Instant createdAt,
    Instant updatedAt) {
  Device {
    capabilities = List.copyOf(capabilities);
  }

  /**
   * Where commands are sent.
   *
   * @param secret that they are signed with; the device's own
   * @param secretAt when it was made
   */
  record Webhook(String url, String secret, Instant secretAt) {
    /** The secret must not get into a log. */
    @Override
    public String toString() {
      return "Webhook[" + secretAt + "]";
    }
  }
}
