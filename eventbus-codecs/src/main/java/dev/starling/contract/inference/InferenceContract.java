package dev.starling.contract.inference;

import dev.starling.bus.Address;
import dev.starling.bus.Pieces;
import dev.starling.bus.StreamAddress;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;
import java.util.function.Predicate;

/**
 * Runs a model. Each model is a service of its own, which a node runs while it has the model
 * loaded: so the bus finds the nodes that have it, and prefers this one.
 */
public final class InferenceContract {
  /** A model is served under this prefix and its name. */
  public static final String SERVICE_PREFIX = "model.";

  private static final Codec<Infer> INFER = new InferCodec();
  private static final Codec<Inference> INFERENCE = new InferenceCodec();
  private static final Codec<InferLarge> LARGE = new LargeCodec();
  private static final Codec<Admission> ADMISSION = new AdmissionCodec();
  private static final Predicate<Inference> TURNED_DOWN =
      reply -> reply instanceof Refused refused && refused.reason() == Reason.NOT_HERE;

  private InferenceContract() {}

  /** The service that a model is, e.g. {@code model.all-minilm-l6-v2}. */
  public static String service(String model) {
    return SERVICE_PREFIX + model;
  }

  /**
   * Runs the model once.
   *
   * <p>Address {@code model.<name>/infer.v1}; {@link Infer} → {@link Inferred} | {@link Refused}.
   * The first dimension of each input is the batch; a request of several rows is answered as a
   * whole. The call's priority is its rank in the queue, its deadline how long it may wait there:
   * what has expired is not run. Safe to retry. A node that does not have the version (any more)
   * says {@link Reason#NOT_HERE}, and the call goes to another. Failures: {@code UNAVAILABLE} when
   * no node has the model, {@code OVERLOADED} when its queue is full, {@code EXPIRED}, {@code
   * INTERNAL} when the model itself fails; {@code INVALID_ARGUMENT} and {@code REPLY_TOO_LARGE}
   * when another node has the model and the tensors do not fit into a message: {@link #inferLarge}
   * then. On the same node there is no such bound, since objects are passed.
   */
  public static Address<Infer, Inference> infer(String model) {
    return new Address<>(service(model), "infer.v1", INFER, INFERENCE, TURNED_DOWN);
  }

  /**
   * Runs the model once, with tensors that are too large for a message.
   *
   * <p>Address {@code model.<name>/infer-large.v1}; {@link InferLarge} → {@link Admitted}, or
   * {@link Refused} when there is no stream. Then pieces of the request as {@link #infer} has it,
   * to the end of that direction, and pieces of its answer likewise. The deadline of the opening
   * holds for all of it. Failures: those of {@link #infer}, as resets once the stream is open;
   * {@code OVERLOADED} when too many large bodies are in memory.
   */
  public static StreamAddress<InferLarge, Admission, byte[], byte[]> inferLarge(String model) {
    return new StreamAddress<>(
        service(model), "infer-large.v1", LARGE, ADMISSION, Pieces.CODEC, Pieces.CODEC);
  }

  /**
   * Announces a large request.
   *
   * @param bytes how long the pieces are together
   */
  public record InferLarge(int bytes) {}

  /** Whether a large request may be sent. */
  public sealed interface Admission {}

  /** It may. */
  public record Admitted() implements Admission {}

  /**
   * @param version empty for the one that the model's version policy prefers
   * @param inputs one for each input of the model, in any order
   * @param outputs the outputs that are wanted; empty for all
   */
  public record Infer(String version, List<Tensor> inputs, List<String> outputs) {
    public Infer {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  public sealed interface Inference {}

  /**
   * @param version the version that ran
   * @param outputs in the order in which they were asked for, or in the model's
   */
  public record Inferred(String version, List<Tensor> outputs) implements Inference {
    public Inferred {
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Nothing was run.
   *
   * @param detail for the client; names what was expected
   */
  public record Refused(Reason reason, String detail) implements Inference, Admission {}

  /** Why nothing was run; new ones are added at the end, since their order is on the wire. */
  public enum Reason {
    /** The inputs are not what the model takes. */
    INVALID,
    /** The node does not have this version; another one may. */
    NOT_HERE
  }

  private static final class InferCodec implements Codec<Infer> {
    @Override
    public void encode(Infer value, WireWriter out) {
      out.writeString(value.version());
      out.writeAll(value.inputs(), (writer, tensor) -> Tensor.CODEC.encode(tensor, writer));
      out.writeAll(value.outputs(), WireWriter::writeString);
    }

    @Override
    public Infer decode(WireReader in) {
      return new Infer(
          in.readString(), in.readAll(Tensor.CODEC::decode), in.readAll(WireReader::readString));
    }
  }

  private static final class InferenceCodec implements Codec<Inference> {
    private static final Reason[] REASONS = Reason.values();

    @Override
    public void encode(Inference value, WireWriter out) {
      if (value instanceof Inferred inferred) {
        out.writeByte(0);
        out.writeString(inferred.version());
        out.writeAll(inferred.outputs(), (writer, tensor) -> Tensor.CODEC.encode(tensor, writer));
      } else if (value instanceof Refused refused) {
        out.writeByte(1);
        out.writeEnum(refused.reason());
        out.writeString(refused.detail());
      }
    }

    @Override
    public Inference decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Inferred(in.readString(), in.readAll(Tensor.CODEC::decode));
        case 1 -> new Refused(in.readEnum(REASONS), in.readString());
        default -> throw new MalformedFrameException("inference: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class LargeCodec implements Codec<InferLarge> {
    @Override
    public void encode(InferLarge value, WireWriter out) {
      out.writeVarInt(value.bytes());
    }

    @Override
    public InferLarge decode(WireReader in) {
      return new InferLarge(in.readVarInt());
    }
  }

  private static final class AdmissionCodec implements Codec<Admission> {
    private static final Reason[] REASONS = Reason.values();

    @Override
    public void encode(Admission value, WireWriter out) {
      if (value instanceof Admitted) {
        out.writeByte(0);
      } else if (value instanceof Refused refused) {
        out.writeByte(1);
        out.writeEnum(refused.reason());
        out.writeString(refused.detail());
      }
    }

    @Override
    public Admission decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Admitted();
        case 1 -> new Refused(in.readEnum(REASONS), in.readString());
        default -> throw new MalformedFrameException("admission: " + kind + " (expected: 0..1)");
      };
    }
  }
}
