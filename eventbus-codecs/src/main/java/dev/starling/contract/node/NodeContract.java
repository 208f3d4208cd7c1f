package dev.starling.contract.node;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.service.ServiceRecord;
import java.util.List;

/** Asks one certain node about itself. */
public final class NodeContract {
  /** A node serves these addresses under this prefix and its id, so that only it is meant. */
  public static final String SERVICE_PREFIX = "node.";

  private static final Codec<Describe> DESCRIBE = new DescribeCodec();
  private static final Codec<Described> DESCRIBED = new DescribedCodec(ServiceRecord.CODEC);
  private static final Codec<Described> DESCRIBED_V2 = new DescribedCodec(ServiceRecord.CODEC_V2);
  private static final Codec<Canary> CANARY = new CanaryCodec();

  private NodeContract() {}

  /**
   * Whether a service belongs to one certain node: {@code node.<id>}, or {@code <service>@<id>} for
   * what that node does in a service of several. Ids are new at each start, so whoever keeps
   * something for each of these names keeps more and more.
   */
  public static boolean isOfOneNode(String service) {
    return service.startsWith(SERVICE_PREFIX) || service.indexOf('@') >= 0;
  }

  /**
   * Fetches the records of services that the node announced.
   *
   * <p>Address {@code node.<id>/describe.v1}; {@link Describe} → {@link Described}. A name that the
   * node does not know is left out, and so is a record that version 1 has no words for. Safe to
   * retry. Failures: {@code UNAVAILABLE}.
   */
  public static Address<Describe, Described> describe(String nodeId) {
    return new Address<>(SERVICE_PREFIX + nodeId, "describe.v1", DESCRIBE, DESCRIBED);
  }

  /**
   * Likewise, with everything that the records say.
   *
   * <p>Address {@code node.<id>/describe.v2}; {@link Describe} → {@link Described}. A node that has
   * version 1 only does not serve it, which is {@code UNAVAILABLE}.
   */
  public static Address<Describe, Described> describeV2(String nodeId) {
    return new Address<>(SERVICE_PREFIX + nodeId, "describe.v2", DESCRIBE, DESCRIBED_V2);
  }

  /**
   * Asks the node for a sign of life over the way that calls take.
   *
   * <p>Address {@code node.<id>/canary.v1}; {@link Canary} → the same. Safe to retry.
   */
  public static Address<Canary, Canary> canary(String nodeId) {
    return new Address<>(SERVICE_PREFIX + nodeId, "canary.v1", CANARY, CANARY);
  }

  /**
   * @param number comes back as it was sent
   */
  public record Canary(long number) {}

  public record Describe(List<String> services) {
    public Describe {
      services = List.copyOf(services);
    }
  }

  public record Described(List<ServiceRecord> records) {
    public Described {
      records = List.copyOf(records);
    }
  }

  private static final class DescribeCodec implements Codec<Describe> {
    @Override
    public void encode(Describe value, WireWriter out) {
      out.writeAll(value.services(), WireWriter::writeString);
    }

    @Override
    public Describe decode(WireReader in) {
      return new Describe(in.readAll(WireReader::readString));
    }
  }

  private record DescribedCodec(Codec<ServiceRecord> record) implements Codec<Described> {
    @Override
    public void encode(Described value, WireWriter out) {
      out.writeAll(value.records(), (writer, each) -> record.encode(each, writer));
    }

    @Override
    public Described decode(WireReader in) {
      return new Described(in.readAll(record::decode));
    }
  }

  private static final class CanaryCodec implements Codec<Canary> {
    @Override
    public void encode(Canary value, WireWriter out) {
      out.writeLong(value.number());
    }

    @Override
    public Canary decode(WireReader in) {
      return new Canary(in.readLong());
    }
  }
}
