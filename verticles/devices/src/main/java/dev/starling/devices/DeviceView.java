package dev.starling.devices;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device as its user sees it.
 *
 * @param location null when it is carried or unknown
 * @param webhook where its commands are sent; null when it fetches them
 * @param webhookSecret what they are signed with, shown to whoever has just had it made; null
 *     afterwards
 */
record DeviceView(
    @NotNull String id,
    @NotNull String name,
    @NotNull DeviceKind kind,
    @Nullable String location,
    @NotNull List<String> capabilities,
    @Nullable String webhook,
    @Nullable String webhookSecret,
    @NotNull Instant createdAt,
    @NotNull Instant updatedAt) {
  /** A client whose answer was lost asks again within this time, and gets the secret after all. */
  private static final Duration SHOWN = Duration.ofMinutes(1);

  static DeviceView of(Device device) {
    return view(device, null);
  }

  /** Likewise for whoever registers it; with the secret if it has just been made. */
  static DeviceView registered(Device device, Instant now) {
    Device.Webhook webhook = device.webhook();
    boolean fresh = webhook != null && now.isBefore(webhook.secretAt().plus(SHOWN));
    return view(device, webhook != null && fresh ? webhook.secret() : null);
  }

  private static DeviceView view(Device device, @Nullable String secret) {
    return new DeviceView(
        device.id(),
        device.name(),
        device.kind(),
        device.location().isEmpty() ? null : device.location(),
        device.capabilities(),
        device.webhook() == null ? null : device.webhook().url(),
        secret,
        device.createdAt(),
        device.updatedAt());
  }

  /** The secret must not get into a log. */
  @Override
  public String toString() {
    return "DeviceView[" + id + "]";
  }
}
