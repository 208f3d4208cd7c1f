package dev.starling.devices;

import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's devices, in the order of their ids.
 *
 * @param nextCursor where the list goes on; null at its end
 */
record DevicePage(@NotNull List<DeviceView> devices, @Nullable String nextCursor) {

  /**
   * @param found one more than {@code limit} when the list goes on
   */
  static DevicePage of(List<Device> found, int limit) {
    List<Device> shown = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? DeviceQuery.cursorBehind(shown.get(limit - 1).id()) : null;
    return new DevicePage(shown.stream().map(DeviceView::of).toList(), next);
  }
}
