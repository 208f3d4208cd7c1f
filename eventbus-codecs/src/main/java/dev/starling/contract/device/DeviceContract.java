package dev.starling.contract.device;

import dev.starling.bus.Address;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** What others may ask of the devices that users have registered. */
public final class DeviceContract {
  public static final String SERVICE = "devices";

  /**
   * Lists a user's devices in the order of their ids' bytes; all of them, since a user has few.
   *
   * <p>Address {@code devices/list.v1}; {@link ListDevices} → {@link Devices}, which is empty for a
   * user whom nobody knows. Reads the database, not a cache or a replica. Safe to retry. Fails as
   * {@code INVALID_ARGUMENT} for what is no UUID, as {@code UNAVAILABLE} when the shard's database
   * does not answer.
   */
  public static final Address<ListDevices, Devices> LIST =
      new Address<>(SERVICE, "list.v1", new ListDevicesCodec(), new DevicesCodec());

  /**
   * Tells every node that there are new commands for a user's devices, so that whoever has a stream
   * of one looks at once. Sent after the commit. It may be lost, so whoever has a stream also looks
   * from time to time.
   */
  public static final Topic<CommandsChanged> COMMANDS_CHANGED =
      new Topic<>("devices.commands-changed.v1", new CommandsChangedCodec());

  private DeviceContract() {}

  /**
   * @param userId a UUID
   */
  public record ListDevices(String userId) {}

  public record Devices(List<DeviceRecord> devices) {
    public Devices {
      devices = List.copyOf(devices);
    }
  }

  /**
   * A device of a user.
   *
   * @param id 1..64 of {@code [A-Za-z0-9._-]}, unique for the user
   * @param name as its user calls it
   * @param kind {@code phone}, {@code tablet}, {@code tv}, {@code frame}, {@code speaker}, {@code
   *     light} or {@code printer}
   * @param location e.g. {@code kitchen}; empty when it is carried or unknown
   * @param capabilities the intents that it can carry out, e.g. {@code set_wallpaper}, in the order
   *     of the alphabet
   */
  public record DeviceRecord(
      String id, String name, String kind, String location, List<String> capabilities) {
    public DeviceRecord {
      capabilities = List.copyOf(capabilities);
    }
  }

  /**
   * @param userId a UUID
   */
  public record CommandsChanged(String userId) {}

  private static final class ListDevicesCodec implements Codec<ListDevices> {
    @Override
    public void encode(ListDevices value, WireWriter out) {
      out.writeString(value.userId());
    }

    @Override
    public ListDevices decode(WireReader in) {
      return new ListDevices(in.readString());
    }
  }

  private static final class DevicesCodec implements Codec<Devices> {
    @Override
    public void encode(Devices value, WireWriter out) {
      out.writeAll(value.devices(), DevicesCodec::write);
    }

    private static void write(WireWriter out, DeviceRecord device) {
      out.writeString(device.id());
      out.writeString(device.name());
      out.writeString(device.kind());
      out.writeString(device.location());
      out.writeAll(device.capabilities(), WireWriter::writeString);
    }

    @Override
    public Devices decode(WireReader in) {
      return new Devices(in.readAll(DevicesCodec::read));
    }

    private static DeviceRecord read(WireReader in) {
      return new DeviceRecord(
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readAll(WireReader::readString));
    }
  }

  private static final class CommandsChangedCodec implements Codec<CommandsChanged> {
    @Override
    public void encode(CommandsChanged value, WireWriter out) {
      out.writeString(value.userId());
    }

    @Override
    public CommandsChanged decode(WireReader in) {
      return new CommandsChanged(in.readString());
    }
  }
}
