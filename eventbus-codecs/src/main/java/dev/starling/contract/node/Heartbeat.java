package dev.starling.contract.node;

import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/**
 * One beat of a node.
 *
 * @param nodeId unique in the cluster, never used again
 * @param zone the failure domain that the node is in
 * @param state what calls it wants
 * @param sequence grows by one with each beat
 * @param sentAtMicros the sender's monotonic clock
 * @param host the address that its cluster ports are bound to
 * @param sentinelPort where it accepts the idle connection whose end tells that its process ended
 * @param inFlight calls that its own instances have not answered
 * @param httpPort where its edge listens; zero when it runs none
 * @param wireVersion the newest version of frames that it reads
 * @param database names the database that its services write to; empty when it has none
 * @param services what runs there
 */
public record Heartbeat(
    String nodeId,
    String zone,
    State state,
    long sequence,
    long sentAtMicros,
    String host,
    int sentinelPort,
    int inFlight,
    int httpPort,
    int wireVersion,
    String database,
    List<Service> services) {

  public static final Topic<Heartbeat> TOPIC = new Topic<>("node.heartbeat.v1", new BeatCodec());

  public Heartbeat {
    services = List.copyOf(services);
  }

  /** What a node says of itself; what others think of it is their own affair. */
  public enum State {
    /** It is starting: it can be reached, but wants no calls yet. */
    JOINING,
    SERVING,
    /** It is leaving: it finishes what it has and wants no more. */
    DRAINING
  }

  /**
   * One service of the node.
   *
   * @param recordHash the first eight bytes of the SHA-256 of its encoded service record
   */
  public record Service(String name, int instances, long recordHash) {

    private static void encode(WireWriter out, Service service) {
      out.writeString(service.name);
      out.writeVarInt(service.instances);
      out.writeLong(service.recordHash);
    }

    private static Service decode(WireReader in) {
      return new Service(in.readString(), in.readVarInt(), in.readLong());
    }
  }

  private static final class BeatCodec implements Codec<Heartbeat> {
    private static final State[] STATES = State.values();

    @Override
    public void encode(Heartbeat value, WireWriter out) {
      out.writeString(value.nodeId);
      out.writeString(value.zone);
      out.writeEnum(value.state);
      out.writeVarLong(value.sequence);
      out.writeLong(value.sentAtMicros);
      out.writeString(value.host);
      out.writeVarInt(value.sentinelPort);
      out.writeVarInt(value.inFlight);
      out.writeVarInt(value.httpPort);
      out.writeVarInt(value.wireVersion);
      out.writeString(value.database);
      out.writeAll(value.services, Service::encode);
    }

    @Override
    public Heartbeat decode(WireReader in) {
      return new Heartbeat(
          in.readString(),
          in.readString(),
          in.readEnum(STATES),
          in.readVarLong(),
          in.readLong(),
          in.readString(),
          in.readVarInt(),
          in.readVarInt(),
          in.readVarInt(),
          in.readVarInt(),
          in.readString(),
          in.readAll(Service::decode));
    }
  }
}
