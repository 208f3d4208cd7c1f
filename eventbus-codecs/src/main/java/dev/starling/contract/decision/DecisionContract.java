package dev.starling.contract.decision;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.node.NodeContract;
import java.util.List;

/** Asks one certain node what its policy refused. */
public final class DecisionContract {
  private static final Codec<Question> QUESTION = new QuestionCodec();
  private static final Codec<Kept> KEPT = new KeptCodec();

  private DecisionContract() {}

  /**
   * Fetches decisions that the node keeps.
   *
   * <p>Address {@code node.<id>/decisions.v1}; {@link Find} | {@link Since} → {@link Kept}. Safe to
   * retry. Failures: {@code UNAVAILABLE}.
   */
  public static Address<Question, Kept> decisions(String nodeId) {
    return new Address<>(NodeContract.SERVICE_PREFIX + nodeId, "decisions.v1", QUESTION, KEPT);
  }

  public sealed interface Question {}

  /** That of this id: one, or none when it is not kept any more. */
  public record Find(String id) implements Question {}

  /**
   * The latest.
   *
   * @param atMillis none that is older than this, in milliseconds since 1970
   * @param limit no more than so many; the node gives what it thinks fit for one answer
   */
  public record Since(long atMillis, int limit) implements Question {}

  /** Newest first. */
  public record Kept(List<Decision> decisions) {
    public Kept {
      decisions = List.copyOf(decisions);
    }
  }

  private static final class QuestionCodec implements Codec<Question> {
    private static final int FIND = 0;
    private static final int SINCE = 1;

    @Override
    public void encode(Question value, WireWriter out) {
      if (value instanceof Find find) {
        out.writeByte(FIND);
        out.writeString(find.id);
      } else if (value instanceof Since since) {
        out.writeByte(SINCE);
        out.writeLong(since.atMillis);
        out.writeVarInt(since.limit);
      }
    }

    @Override
    public Question decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case FIND -> new Find(in.readString());
        case SINCE -> new Since(in.readLong(), in.readVarInt());
        default -> throw new MalformedFrameException("question: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class KeptCodec implements Codec<Kept> {
    @Override
    public void encode(Kept value, WireWriter out) {
      out.writeAll(value.decisions, (writer, decision) -> Decision.CODEC.encode(decision, writer));
    }

    @Override
    public Kept decode(WireReader in) {
      return new Kept(in.readAll(Decision.CODEC::decode));
    }
  }
}
