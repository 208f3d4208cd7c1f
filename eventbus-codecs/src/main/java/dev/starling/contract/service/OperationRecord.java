package dev.starling.contract.service;

import dev.starling.bus.Priority;
import dev.starling.codec.MalformedFrameException;
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
 * @param errors what a client gets that is refused
 * @param cancellable whether what it does is for nobody once its client has left; a hint, which
 *     version 1 and nodes of before leave out
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
    ErrorShape errors,
    boolean cancellable,
    String document) {
  private static final Priority[] PRIORITIES = Priority.values();
  private static final Interaction[] INTERACTIONS = Interaction.values();
  private static final ErrorShape[] SHAPES = ErrorShape.values();

  /** The tag of {@link #errors} among the fields that version 2 adds. */
  private static final int ERRORS = 1;

  /** Likewise of {@link #cancellable}, which is there or not. */
  private static final int CANCELLABLE = 2;

  /** How a client and an operation talk. */
  public enum Interaction {
    /** One request, one answer. */
    CALL,
    /** One request, many items from the service. */
    STREAM,
    /** Items both ways. */
    SOCKET,
    /** A body of lines, each of which is answered for itself. */
    BULK,
    /** Bytes for bytes; what is too large for one message goes in pieces. Not in version 1. */
    RAW
  }

  /** How a client is told that it was refused; new ones are added at the end. */
  public enum ErrorShape {
    /** Problem details (RFC 9457). */
    PROBLEM,
    /** A JSON object whose one member {@code error} is a text. */
    MESSAGE
  }

  public OperationRecord {
    headers = List.copyOf(headers);
  }

  /** One that goes on when its client has left. */
  public OperationRecord(
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
      ErrorShape errors,
      String document) {
    this(
        id,
        method,
        path,
        open,
        scope,
        priority,
        safeToRetry,
        deadlineMillis,
        maxBodyBytes,
        headers,
        interaction,
        errors,
        false,
        document);
  }

  /** With problem details for errors. */
  public OperationRecord(
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
    this(
        id,
        method,
        path,
        open,
        scope,
        priority,
        safeToRetry,
        deadlineMillis,
        maxBodyBytes,
        headers,
        interaction,
        ErrorShape.PROBLEM,
        document);
  }

  /** Whether version 1 has words for it, hints aside. */
  boolean isPlain() {
    return interaction != Interaction.RAW && errors == ErrorShape.PROBLEM;
  }

  /**
   * @throws IllegalArgumentException when it is not {@link #isPlain() plain}
   */
  static void encode(WireWriter out, OperationRecord operation) {
    if (!operation.isPlain()) {
      throw new IllegalArgumentException(
          "operation: "
              + operation.id
              + " needs version 2 (expected: one that version 1 can tell)");
    }
    fields(out, operation);
  }

  static OperationRecord decode(WireReader in) {
    OperationRecord operation = fields(in);
    if (!operation.isPlain()) {
      throw new MalformedFrameException("interaction: RAW (expected: one of version 1)");
    }
    return operation;
  }

  /** Version 2: the fields of version 1, then tagged ones, of which a reader skips the unknown. */
  static void encodeV2(WireWriter out, OperationRecord operation) {
    fields(out, operation);
    WireWriter more = new WireWriter(8);
    if (operation.errors != ErrorShape.PROBLEM) {
      more.writeVarInt(ERRORS);
      more.writeBytes(new byte[] {(byte) operation.errors.ordinal()});
    }
    if (operation.cancellable) {
      more.writeVarInt(CANCELLABLE);
      more.writeBytes(new byte[0]);
    }
    out.writeBytes(more.toByteArray());
  }

  static OperationRecord decodeV2(WireReader in) {
    OperationRecord operation = fields(in);
    WireReader more = new WireReader(in.readBytes());
    ErrorShape errors = ErrorShape.PROBLEM;
    boolean cancellable = false;
    while (more.remaining() > 0) {
      switch (more.readVarInt()) {
        case ERRORS -> {
          WireReader value = new WireReader(more.readBytes());
          errors = value.readEnum(SHAPES);
          value.expectEnd();
        }
        case CANCELLABLE -> {
          cancellable = true;
          more.skipBytes();
        }
        default -> more.skipBytes();
      }
    }
    return errors == ErrorShape.PROBLEM && !cancellable
        ? operation
        : operation.with(errors, cancellable);
  }

  /** As a node reads it that does not know the hints. */
  OperationRecord withoutHints() {
    return cancellable ? with(errors, false) : this;
  }

  private OperationRecord with(ErrorShape newErrors, boolean newCancellable) {
    return new OperationRecord(
        id,
        method,
        path,
        open,
        scope,
        priority,
        safeToRetry,
        deadlineMillis,
        maxBodyBytes,
        headers,
        interaction,
        newErrors,
        newCancellable,
        document);
  }

  private static void fields(WireWriter out, OperationRecord operation) {
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

  private static OperationRecord fields(WireReader in) {
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
