package dev.starling.contract.operation;

import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** How a domain operation ended. */
public sealed interface OperationReply {
  Codec<OperationReply> CODEC = new ReplyCodec();

  /** Header fields to pass to the client, e.g. {@code etag}, {@code location}. */
  List<Header> headers();

  /**
   * The operation did what it says.
   *
   * @param contentType empty when there is no body
   * @param body not copied: neither side may write to it
   */
  record Done(Kind kind, String contentType, byte[] body, List<Header> headers)
      implements OperationReply {
    public Done {
      headers = List.copyOf(headers);
    }
  }

  enum Kind {
    OK,
    CREATED,
    /** Taken on, to be done later. */
    ACCEPTED,
    NO_CONTENT,
    /** The client's copy is still right. */
    NOT_MODIFIED
  }

  /**
   * The operation did nothing, and why.
   *
   * @param type a short name of the problem, e.g. {@code email-taken}; empty for the refusal's own
   * @param detail for people; holds no secret
   * @param violations what is wrong with the input; empty unless {@link Refusal#INVALID}
   */
  record Refused(
      Refusal refusal, String type, String detail, List<Violation> violations, List<Header> headers)
      implements OperationReply {
    public Refused {
      violations = List.copyOf(violations);
      headers = List.copyOf(headers);
    }
  }

  /** The kinds of refusal that clients tell apart. */
  enum Refusal {
    /** The body is not what its content type says. */
    MALFORMED,
    /** Understood, but some value breaks a constraint. */
    INVALID,
    /** The caller did not prove who it is. */
    UNAUTHENTICATED,
    /** The caller may not do this. */
    FORBIDDEN,
    ABSENT,
    /** It contradicts what is stored. */
    CONFLICT,
    /** The client's precondition does not hold. */
    PRECONDITION_FAILED,
    /** The operation needs a precondition and got none. */
    PRECONDITION_REQUIRED,
    UNSUPPORTED_MEDIA_TYPE,
    TOO_LARGE,
    /** Too many calls; a {@code retry-after} header says when. */
    LIMITED,
    /** It cannot be done now, and nothing was done. */
    NOT_EXECUTED,
    /** It cannot be told whether it was done. */
    UNKNOWN_OUTCOME
  }

  /** Bytes: kind, then the fields in the order of the record. */
  final class ReplyCodec implements Codec<OperationReply> {
    private static final Kind[] KINDS = Kind.values();
    private static final Refusal[] REFUSALS = Refusal.values();

    private ReplyCodec() {}

    @Override
    public void encode(OperationReply value, WireWriter out) {
      if (value instanceof Done done) {
        out.writeByte(0);
        out.writeEnum(done.kind());
        out.writeString(done.contentType());
        out.writeBytes(done.body());
      } else if (value instanceof Refused refused) {
        out.writeByte(1);
        out.writeEnum(refused.refusal());
        out.writeString(refused.type());
        out.writeString(refused.detail());
        out.writeAll(refused.violations(), Violation::encode);
      }
      out.writeAll(value.headers(), Header::encode);
    }

    @Override
    public OperationReply decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 ->
            new Done(
                in.readEnum(KINDS), in.readString(), in.readBytes(), in.readAll(Header::decode));
        case 1 ->
            new Refused(
                in.readEnum(REFUSALS),
                in.readString(),
                in.readString(),
                in.readAll(Violation::decode),
                in.readAll(Header::decode));
        default -> throw new MalformedFrameException("reply: " + kind + " (expected: 0..1)");
      };
    }
  }
}
