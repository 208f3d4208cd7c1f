package dev.starling.contract.fusion;

import dev.starling.bus.Address;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** What nodes that run {@code fusion} tell each other, and what is asked of any of them. */
public final class FusionContract {
  public static final String SERVICE = "fusion";

  /** In front of a node's id. */
  private static final String NODE_PREFIX = SERVICE + "@";

  private static final Codec<Noticed> NOTICED = new NoticedCodec();
  private static final Codec<Heard> HEARD = new HeardCodec();

  /**
   * Explains a decision to operators, whoever's it is.
   *
   * <p>Address {@code fusion/explain.v1}; {@link Explain} → {@link Explained} | {@link
   * NotExplained}. Safe to retry. Failures: {@code UNAVAILABLE} when no node runs the service or
   * the user's database does not answer, {@code INVALID_ARGUMENT} for what is no UUID.
   */
  public static final Address<Explain, Explanation> EXPLAIN =
      new Address<>(SERVICE, "explain.v1", new ExplainCodec(), new ExplanationCodec());

  /**
   * Tells every node that a user has another decision, so that those who wait for it look. It may
   * be lost, so they also look from time to time.
   */
  public static final Topic<Decided> DECIDED = new Topic<>("fusion.decided.v1", new DecidedCodec());

  private FusionContract() {}

  /**
   * Tells the owner of a user what was stored, after the commit.
   *
   * <p>Address {@code fusion@<id>/noticed.v1}; {@link Noticed} → {@link Heard}. Safe to retry. What
   * is not heard is found by the owner in the log, a little later.
   */
  public static Address<Noticed, Heard> noticed(String nodeId) {
    return new Address<>(NODE_PREFIX + nodeId, "noticed.v1", NOTICED, HEARD);
  }

  /**
   * @param user a UUID
   * @param utterances that are to be decided
   * @param late whether something came that may change what was decided before
   */
  public record Noticed(String user, List<DueUtterance> utterances, boolean late) {
    public Noticed {
      utterances = List.copyOf(utterances);
    }
  }

  /**
   * An utterance that waits for what may still come.
   *
   * @param dueMillis when it is to be decided, since 1970, by the clock of the nodes
   */
  public record DueUtterance(String source, String id, long dueMillis) {}

  public record Heard() {}

  /**
   * A decision was stored.
   *
   * @param user a UUID
   * @param source of the utterance
   * @param id of the utterance
   * @param revision 1 for the first
   */
  public record Decided(String user, String source, String id, int revision) {}

  /**
   * @param user a UUID
   * @param source of the utterance; empty when the id alone says which one it is
   * @param id of the utterance
   */
  public record Explain(String user, String source, String id) {}

  public sealed interface Explanation {}

  /**
   * @param json as clients get it
   */
  public record Explained(String json) implements Explanation {}

  /**
   * There is none.
   *
   * @param detail for people
   */
  public record NotExplained(String detail) implements Explanation {}

  private static final class NoticedCodec implements Codec<Noticed> {
    @Override
    public void encode(Noticed value, WireWriter out) {
      out.writeString(value.user());
      out.writeAll(
          value.utterances(),
          (each, utterance) -> {
            each.writeString(utterance.source());
            each.writeString(utterance.id());
            each.writeLong(utterance.dueMillis());
          });
      out.writeBoolean(value.late());
    }

    @Override
    public Noticed decode(WireReader in) {
      return new Noticed(
          in.readString(),
          in.readAll(
              each -> new DueUtterance(each.readString(), each.readString(), each.readLong())),
          in.readBoolean());
    }
  }

  private static final class HeardCodec implements Codec<Heard> {
    @Override
    public void encode(Heard value, WireWriter out) {
      out.writeByte(0);
    }

    @Override
    public Heard decode(WireReader in) {
      int kind = in.readByte();
      if (kind != 0) {
        throw new MalformedFrameException("heard: " + kind + " (expected: 0)");
      }
      return new Heard();
    }
  }

  private static final class DecidedCodec implements Codec<Decided> {
    @Override
    public void encode(Decided value, WireWriter out) {
      out.writeString(value.user());
      out.writeString(value.source());
      out.writeString(value.id());
      out.writeVarInt(value.revision());
    }

    @Override
    public Decided decode(WireReader in) {
      return new Decided(in.readString(), in.readString(), in.readString(), in.readVarInt());
    }
  }

  private static final class ExplainCodec implements Codec<Explain> {
    @Override
    public void encode(Explain value, WireWriter out) {
      out.writeString(value.user());
      out.writeString(value.source());
      out.writeString(value.id());
    }

    @Override
    public Explain decode(WireReader in) {
      return new Explain(in.readString(), in.readString(), in.readString());
    }
  }

  private static final class ExplanationCodec implements Codec<Explanation> {
    @Override
    public void encode(Explanation value, WireWriter out) {
      if (value instanceof Explained explained) {
        out.writeByte(0);
        out.writeString(explained.json());
      } else if (value instanceof NotExplained not) {
        out.writeByte(1);
        out.writeString(not.detail());
      }
    }

    @Override
    public Explanation decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Explained(in.readString());
        case 1 -> new NotExplained(in.readString());
        default -> throw new MalformedFrameException("explanation: " + kind + " (expected: 0..1)");
      };
    }
  }
}
