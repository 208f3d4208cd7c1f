package dev.starling.contract.service;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A service as it announces itself.
 *
 * @param name the address under which it is called, e.g. {@code users}
 * @param version of its operations, e.g. {@code 1.0.0}
 * @param operations those that the edge offers; empty for a service that only others call
 * @param schemas the OpenAPI 3.1 {@code components.schemas} object of its operations, as JSON
 */
public record ServiceRecord(
    String name, String version, List<OperationRecord> operations, String schemas) {

  /**
   * Version 1, which has no words for raw operations and error shapes. Writing a record that is not
   * {@link #isPlain() plain} is an {@link IllegalArgumentException}.
   */
  public static final Codec<ServiceRecord> CODEC =
      new RecordCodec(OperationRecord::encode, OperationRecord::decode);

  /** Version 2, in which later nodes may add what this one skips. */
  public static final Codec<ServiceRecord> CODEC_V2 =
      new RecordCodec(OperationRecord::encodeV2, OperationRecord::decodeV2);

  public ServiceRecord {
    operations = List.copyOf(operations);
  }

  /** Whether nodes that know version 1 only can read it. */
  public boolean isPlain() {
    return operations.stream().allMatch(OperationRecord::isPlain);
  }

  /** The codec of the oldest version that has words for it. */
  public Codec<ServiceRecord> codec() {
    return isPlain() ? CODEC : CODEC_V2;
  }

  /**
   * The bytes that tell it from others, for its hash. Hints are left out: nodes of before, which
   * read it without them, must come to the same.
   */
  public byte[] identity() {
    return codec()
        .toBytes(
            new ServiceRecord(
                name,
                version,
                operations.stream().map(OperationRecord::withoutHints).toList(),
                schemas));
  }

  private record RecordCodec(
      BiConsumer<WireWriter, OperationRecord> encode, Function<WireReader, OperationRecord> decode)
      implements Codec<ServiceRecord> {
    @Override
    public void encode(ServiceRecord value, WireWriter out) {
      out.writeString(value.name);
      out.writeString(value.version);
      out.writeAll(value.operations, encode);
      out.writeString(value.schemas);
    }

    @Override
    public ServiceRecord decode(WireReader in) {
      return new ServiceRecord(
          in.readString(), in.readString(), in.readAll(decode), in.readString());
    }
  }
}
