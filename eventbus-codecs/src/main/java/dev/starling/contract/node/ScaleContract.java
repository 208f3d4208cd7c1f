package dev.starling.contract.node;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/** Changes how many instances of a verticle one certain node runs. */
public final class ScaleContract {
  private static final Codec<Scale> SCALE = new ScaleCodec();
  private static final Codec<Scaled> SCALED = new ScaledCodec();

  private ScaleContract() {}

  /**
   * Asks the node for a number of instances.
   *
   * <p>Address {@code node.<id>/scale.v1}; {@link Scale} → {@link Scaled}, when those that go have
   * answered what they had. Asking again for the same number changes nothing, so it is safe to
   * retry. Failures: {@code UNAVAILABLE}.
   */
  public static Address<Scale, Scaled> scale(String nodeId) {
    return new Address<>(NodeContract.SERVICE_PREFIX + nodeId, "scale.v1", SCALE, SCALED);
  }

  /**
   * @param instances how many there are to be
   */
  public record Scale(String verticle, int instances) {}

  /**
   * @param before how many there were
   * @param instances how many there are now
   * @param detail for the operator; empty when it is as asked
   */
  public record Scaled(Outcome outcome, int before, int instances, String detail) {
    public boolean isDone() {
      return outcome == Outcome.DONE;
    }
  }

  /** What became of it; new ones are added at the end, since their order is on the wire. */
  public enum Outcome {
    /** There are as many as asked for. */
    DONE,
    /** The node has no verticle of this name. */
    UNKNOWN,
    /** The node has it and does not run it. */
    NOT_RUN,
    /** It runs once on each event loop, in a pod with others, which no number can change. */
    PER_LOOP,
    OUT_OF_RANGE,
    /** The node is starting or leaving. */
    NOT_SERVING,
    /** Too many changes wait already. */
    BUSY,
    /** An instance could not be started or stopped; there may be fewer or more than asked for. */
    FAILED
  }

  private static final class ScaleCodec implements Codec<Scale> {
    @Override
    public void encode(Scale value, WireWriter out) {
      out.writeString(value.verticle);
      out.writeVarInt(value.instances);
    }

    @Override
    public Scale decode(WireReader in) {
      return new Scale(in.readString(), in.readVarInt());
    }
  }

  private static final class ScaledCodec implements Codec<Scaled> {
    private static final Outcome[] OUTCOMES = Outcome.values();

    @Override
    public void encode(Scaled value, WireWriter out) {
      out.writeEnum(value.outcome);
      out.writeVarInt(value.before);
      out.writeVarInt(value.instances);
      out.writeString(value.detail);
    }

    @Override
    public Scaled decode(WireReader in) {
      return new Scaled(in.readEnum(OUTCOMES), in.readVarInt(), in.readVarInt(), in.readString());
    }
  }
}
