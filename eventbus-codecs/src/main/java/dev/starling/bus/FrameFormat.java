package dev.starling.bus;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a frame, versions 1 and 2.
 *
 * <pre>
 * frame    = version kind sent-at [extension] (request | reply | event | a stream's | cancel)
 * sent-at  = long             ; the sender's monotonic clock, microseconds
 * extension = length field*   ; from version 2 on: what version 1 has no place for
 * field    = tag length bytes ; a tag that is not known is skipped, it is of a later node
 * request  = service operation caller-node caller-instance correlation context body
 * context  = remaining-micros trace-high trace-low span flags tracestate
 *            subject scopes priority safe-to-retry
 * reply    = caller-instance correlation code (body | message)   ; code 0: body
 * event    = topic body
 * cancel   = caller-node caller-instance correlation   ; of a request
 * body     = length bytes
 * </pre>
 *
 * <p>Thread-safe. A deadline is written as the time that remains, since the clocks of two nodes are
 * not compared; what a request lost on its way is subtracted (see {@link ClockOffsets}).
 */
final class FrameFormat implements Codec<Frame> {
  private static final int EXTENSIBLE = 2;
  private static final int REQUEST = 0;
  private static final int REPLY = 1;
  private static final int EVENT = 2;
  private static final int CANCEL = 7;
  private static final Priority[] PRIORITIES = Priority.values();
  // Far beyond any deadline that the edge grants; keeps the sum with the clock from overflowing.
  private static final long MAX_REMAINING_MICROS = Duration.ofHours(24).toNanos() / 1_000;

  private final LongSupplier nanoTime;
  private final ClockOffsets clocks;
  private final WireVersions versions;

  /**
   * @param clocks tells how long a request was on its way, which its deadline does not wait for
   */
  FrameFormat(LongSupplier nanoTime, ClockOffsets clocks, WireVersions versions) {
    this.nanoTime = nanoTime;
    this.clocks = clocks;
    this.versions = versions;
  }

  /** Knows nothing of other nodes, and so writes the oldest version. */
  FrameFormat(LongSupplier nanoTime) {
    this(nanoTime, new ClockOffsets(), new WireVersions(WireVersions.NEWEST));
  }

  @Override
  public void encode(Frame frame, WireWriter out) {
    long now = nanoTime.getAsLong();
    int version = versions.written();
    out.writeByte(version);
    out.writeByte(kind(frame));
    out.writeLong(now / 1_000);
    if (version >= EXTENSIBLE) {
      FrameExtension.of(frame).encode(out);
    }
    if (frame instanceof Frame.Request request) {
      encodeRequest(request, now, out);
    } else if (frame instanceof Frame.Reply reply) {
      encodeReply(reply, out);
    } else if (frame instanceof Frame.Event event) {
      out.writeString(event.topic());
      out.writeBytes(encoded(event.payload()));
    } else if (frame instanceof StreamFrame stream) {
      StreamFrameFormat.encode(stream, out);
    } else if (frame instanceof Frame.Cancel cancel) {
      out.writeString(cancel.callerNode());
      out.writeVarInt(cancel.callerInstance());
      out.writeVarLong(cancel.correlation());
    }
  }

  private static int kind(Frame frame) {
    if (frame instanceof Frame.Request) {
      return REQUEST;
    } else if (frame instanceof Frame.Reply) {
      return REPLY;
    } else if (frame instanceof Frame.Event) {
      return EVENT;
    } else if (frame instanceof StreamFrame stream) {
      return StreamFrameFormat.kind(stream);
    } else if (frame instanceof Frame.Cancel) {
      return CANCEL;
    }
    throw new IllegalArgumentException("a malformed frame cannot be sent");
  }

  @Override
  public Frame decode(WireReader in) {
    int version = in.readByte();
    if (!versions.reads(version)) {
      throw new MalformedFrameException(
          "frame version: " + version + " (expected: " + versions + ")");
    }
    int kind = in.readByte();
    long sentAtMicros = in.readLong();
    FrameExtension extension =
        version >= EXTENSIBLE ? FrameExtension.decode(in) : FrameExtension.NONE;
    return switch (kind) {
      case REQUEST -> decodeRequest(in, sentAtMicros, extension);
      case REPLY -> decodeReply(in);
      case EVENT -> new Frame.Event(in.readString(), new EncodedPayload(in.readBytes()));
      case StreamFrameFormat.DATA,
          StreamFrameFormat.GRANT,
          StreamFrameFormat.END,
          StreamFrameFormat.RESET ->
          StreamFrameFormat.decode(kind, in);
      case CANCEL -> new Frame.Cancel(in.readString(), in.readVarInt(), in.readVarLong());
      default -> throw new MalformedFrameException("frame kind: " + kind + " (expected: 0..7)");
    };
  }

  private static void encodeRequest(Frame.Request request, long now, WireWriter out) {
    out.writeString(request.service());
    out.writeString(request.operation());
    out.writeString(request.callerNode());
    out.writeVarInt(request.callerInstance());
    out.writeVarLong(request.correlation());
    CallContext context = request.context();
    out.writeVarLong(
        Math.min(MAX_REMAINING_MICROS, Math.max(0, context.remainingNanos(now) / 1_000)));
    TraceContext trace = context.trace();
    out.writeLong(trace.traceHigh());
    out.writeLong(trace.traceLow());
    out.writeLong(trace.span());
    out.writeByte(trace.flags());
    out.writeString(trace.state());
    out.writeString(context.principal().subject());
    out.writeAll(context.principal().scopes(), WireWriter::writeString);
    out.writeEnum(context.priority());
    out.writeBoolean(context.safeToRetry());
    out.writeBytes(encoded(request.payload()));
  }

  private Frame.Request decodeRequest(WireReader in, long sentAtMicros, FrameExtension extension) {
    String service = in.readString();
    String operation = in.readString();
    String callerNode = in.readString();
    int callerInstance = in.readVarInt();
    long correlation = in.readVarLong();
    long remainingMicros = in.readVarLong();
    if (remainingMicros > MAX_REMAINING_MICROS) {
      throw new MalformedFrameException(
          "remaining: " + remainingMicros + " us (expected: <= " + MAX_REMAINING_MICROS + ")");
    }
    TraceContext trace =
        new TraceContext(
            in.readLong(), in.readLong(), in.readLong(), in.readByte(), in.readString());
    String subject = in.readString();
    Set<String> scopes = new LinkedHashSet<>(in.readAll(WireReader::readString));
    Principal principal =
        subject.isEmpty()
                && scopes.isEmpty()
                && extension.tenant().isEmpty()
                && extension.tier().isEmpty()
            ? Principal.ANONYMOUS
            : new Principal(subject, scopes, extension.tenant(), extension.tier());
    long now = nanoTime.getAsLong();
    long delayMicros = clocks.delayMicros(callerNode, sentAtMicros, now / 1_000);
    CallContext context =
        new CallContext(
            now + (remainingMicros - Math.min(delayMicros, MAX_REMAINING_MICROS)) * 1_000,
            trace,
            principal,
            in.readEnum(PRIORITIES),
            in.readBoolean(),
            extension.cancellable() ? new Cancellation() : null);
    return new Frame.Request(
        service,
        operation,
        callerNode,
        callerInstance,
        correlation,
        context,
        new EncodedPayload(in.readBytes()));
  }

  private static void encodeReply(Frame.Reply reply, WireWriter out) {
    out.writeVarInt(reply.callerInstance());
    out.writeVarLong(reply.correlation());
    BusException failure = reply.failure();
    if (failure == null) {
      out.writeVarInt(0);
      out.writeBytes(encoded(reply.payload()));
    } else {
      out.writeVarInt(failure.code().number());
      out.writeString(String.valueOf(failure.getMessage()));
    }
  }

  private static Frame.Reply decodeReply(WireReader in) {
    int callerInstance = in.readVarInt();
    long correlation = in.readVarLong();
    int number = in.readVarInt();
    return number == 0
        ? new Frame.Reply(callerInstance, correlation, null, new EncodedPayload(in.readBytes()))
        : new Frame.Reply(callerInstance, correlation, failure(number, in), null);
  }

  /** Reads a code and a message. */
  static BusException failure(WireReader in) {
    return failure(in.readVarInt(), in);
  }

  private static BusException failure(int number, WireReader in) {
    ErrorCode code = ErrorCode.of(number);
    // A code that only a newer peer knows says nothing about what was done.
    return new BusException(code == null ? ErrorCode.INTERNAL : code, in.readString());
  }

  static byte[] encoded(@Nullable Object payload) {
    if (payload instanceof EncodedPayload bytes) {
      return bytes.bytes();
    }
    throw new IllegalStateException("payload is not encoded: " + payload);
  }
}
