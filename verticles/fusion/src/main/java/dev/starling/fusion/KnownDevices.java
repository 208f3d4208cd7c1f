package dev.starling.fusion;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.device.DeviceContract.DeviceRecord;
import dev.starling.contract.device.DeviceContract.ListDevices;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.Intent;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks for the devices of users. Confined to an instance's context. */
final class KnownDevices {
  private final Bus bus;

  KnownDevices(Bus bus) {
    this.bus = bus;
  }

  /**
   * All of a user's, in the order of their ids; those of kinds that are not known here are left
   * out. Fails with a {@link dev.starling.bus.BusException}.
   */
  Future<List<Device>> of(UUID user, CallContext call) {
    return bus.call(
            DeviceContract.LIST, new ListDevices(user.toString()), call.withSafeToRetry(true))
        .map(
            devices -> {
              List<Device> known = new ArrayList<>();
              for (DeviceRecord record : devices.devices()) {
                Device.Kind kind = kind(record.kind());
                if (kind != null) {
                  known.add(
                      new Device(
                          record.id(),
                          record.name(),
                          kind,
                          record.location(),
                          intents(record.capabilities())));
                }
              }
              return known;
            });
  }

  private static Device.@Nullable Kind kind(String text) {
    for (Device.Kind kind : Device.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
        return kind;
      }
    }
    return null;
  }

  private static Set<Intent> intents(List<String> texts) {
    Set<Intent> intents = EnumSet.noneOf(Intent.class);
    for (String text : texts) {
      Intent intent = Intent.of(text);
      if (intent != null && intent != Intent.NONE) {
        intents.add(intent);
      }
    }
    return intents;
  }
}
