package dev.starling.contract.service;

import dev.starling.bus.Priority;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation as its service announces it.
 *
 * @param id unique in the cluster, {@code <service>.<name>}, e.g. {@code users.get}
 * @param method the HTTP method in upper case
 * @param path the template, e.g. {@code /v1/users/{id}}
 * @param open true when nobody has to sign in
 * @param scope what the caller must have been granted; null when signing in is enough
 * @param safeToRetry true when doing it twice is the same as doing it once
 * @param deadlineMillis how long it may take at most; 1 or more
 * @param maxBodyBytes the largest body that it takes, or line of one; zero when it takes none
 * @param headers the request headers that it wants to see, in lower case
 * @param interaction whether it answers once or is a stream
 * @param document its OpenAPI 3.1 operation object, as JSON
 */
public record OperationRecord(
    String id,
    String method,
    String path,
    boolean open,
    @Nullable String scope,
    Priority priority,
    boolean safeToRetry,
    int deadlineMillis,
    int maxBodyBytes,
    List<String> headers,
    Interaction interaction,
    String document) {
  private static final Priority[] PRIORITIES = Priority.values();
  private static final Interaction[] INTERACTIONS = Interaction.values();

  /** How a client and an operation talk. */
  public enum Interaction {
    /** One request, one answer. */
    CALL,
    /** One request, many items from the service. */
    STREAM,
    /** Items both ways. */
    SOCKET,
    /** A body of lines, each of which is answered for itself. */
    BULK
  }

  public OperationRecord {
    headers = List.copyOf(headers);
  }

  static void encode(WireWriter out, OperationRecord operation) {
    out.writeString(operation.id);
    out.writeString(operation.method);
    out.writeString(operation.path);
    out.writeBoolean(operation.open);
    out.writeNullableString(operation.scope);
    out.writeEnum(operation.priority);
    out.writeBoolean(operation.safeToRetry);
    out.writeVarInt(operation.deadlineMillis);
    out.writeVarInt(operation.maxBodyBytes);
    out.writeAll(operation.headers, WireWriter::writeString);
    out.writeEnum(operation.interaction);
    out.writeString(operation.document);
  }

  static OperationRecord decode(WireReader in) {
    return new OperationRecord(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readBoolean(),
        in.readNullableString(),
        in.readEnum(PRIORITIES),
        in.readBoolean(),
        in.readVarInt(),
        in.readVarInt(),
        in.readAll(WireReader::readString),
        in.readEnum(INTERACTIONS),
        in.readString());
  }
}
