package dev.starling.contract.service;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

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

  public static final Codec<ServiceRecord> CODEC = new RecordCodec();

  public ServiceRecord {
    operations = List.copyOf(operations);
  }

  private static final class RecordCodec implements Codec<ServiceRecord> {
    @Override
    public void encode(ServiceRecord value, WireWriter out) {
      out.writeString(value.name);
      out.writeString(value.version);
      out.writeAll(value.operations, OperationRecord::encode);
      out.writeString(value.schemas);
    }

    @Override
    public ServiceRecord decode(WireReader in) {
      return new ServiceRecord(
          in.readString(), in.readString(), in.readAll(OperationRecord::decode), in.readString());
    }
  }
}
