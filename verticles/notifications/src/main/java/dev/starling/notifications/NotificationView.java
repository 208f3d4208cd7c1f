package dev.starling.notifications;

import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A notification as clients see it.
 *
 * @param kind {@code order-placed} or {@code order-cancelled}
 * @param sentAt when the first channel had sent it; null before
 */
record NotificationView(
    @NotNull UUID id,
    @NotNull String kind,
    @NotNull String text,
    @NotNull Channels channels,
    @NotNull Instant createdAt,
    @Nullable Instant sentAt) {

  /** How far each channel is: {@code none}, {@code requested}, {@code sent} or {@code failed}. */
  record Channels(@NotNull String email, @NotNull String sms) {
    private static final String NONE = "none";

    static Channels of(@Nullable String email, @Nullable String sms) {
      return new Channels(email == null ? NONE : email, sms == null ? NONE : sms);
    }
  }
}
