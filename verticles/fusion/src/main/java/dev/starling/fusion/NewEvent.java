package dev.starling.fusion;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.FusionEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event as it came, before its features are known. Immutable.
 *
 * @param place how errors name it: empty, or e.g. {@code events[3] }
 * @param event without vector and descriptors
 * @param zoneMinutes the offset from UTC that its device wrote; null when it wrote {@code Z}
 * @param picture the bytes of a picture; null when none came. Nobody may write to them
 */
// As for tensors: nobody compares them by identity.
@SuppressWarnings("ArrayRecordComponent")
record NewEvent(
    String place, FusionEvent event, @Nullable Short zoneMinutes, byte @Nullable [] picture) {

  /** As it is stored, with what was found out about its content. */
  LogRow toRow(Content content) {
    return new LogRow(
        new FusionEvent(
            event.source(),
            event.id(),
            event.deviceId(),
            event.time(),
            event.sentAt(),
            event.receivedAt(),
            content),
        zoneMinutes);
  }

  LogRow toRow() {
    return new LogRow(event, zoneMinutes);
  }
}
