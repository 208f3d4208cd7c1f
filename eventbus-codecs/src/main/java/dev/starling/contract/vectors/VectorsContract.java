package dev.starling.contract.vectors;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** What services ask of the collections that they own; clients have the operations over HTTP. */
public final class VectorsContract {
  public static final String SERVICE = "vectors";

  /**
   * Makes a collection, or finds it as it should be.
   *
   * <p>Address {@code vectors/create.v1}; {@link Create} → {@link Done} | {@link Refused} when
   * there is another one of this name. Safe to retry. Committed before it is answered.
   */
  public static final Address<Create, Reply> CREATE =
      new Address<>(SERVICE, "create.v1", new CreateCodec(), new ReplyCodec());

  /**
   * Stores points, in place of those that have their ids.
   *
   * <p>Address {@code vectors/upsert.v1}; {@link Upsert} → {@link Done} | {@link Refused}. Safe to
   * retry. Committed before it is answered, and found by searches that begin afterwards.
   */
  public static final Address<Upsert, Reply> UPSERT =
      new Address<>(SERVICE, "upsert.v1", new UpsertCodec(), new ReplyCodec());

  /** Deletes points; address {@code vectors/delete.v1}, otherwise like {@link #UPSERT}. */
  public static final Address<Delete, Reply> DELETE =
      new Address<>(SERVICE, "delete.v1", new DeleteCodec(), new ReplyCodec());

  /**
   * Finds the points that are nearest.
   *
   * <p>Address {@code vectors/search.v1}; {@link Search} → {@link Matches} | {@link Refused}. Safe
   * to retry. What cannot be searched before the deadline is left out, and the answer says so.
   */
  public static final Address<Search, Reply> SEARCH =
      new Address<>(SERVICE, "search.v1", new SearchCodec(), new ReplyCodec());

  private VectorsContract() {}

  /** How near is measured; the order is on the wire. */
  public enum Metric {
    COSINE,
    DOT,
    EUCLIDEAN
  }

  /**
   * @param owner the user that the collection belongs to; a UUID. Services have one of their own
   */
  public record Create(String owner, String collection, int dimension, Metric metric) {}

  /** At most 1,000 points. */
  public record Upsert(String owner, String collection, List<Point> points) {
    public Upsert {
      points = List.copyOf(points);
    }
  }

  public record Delete(String owner, String collection, List<String> ids) {
    public Delete {
      ids = List.copyOf(ids);
    }
  }

  /**
   * @param id 1 to 256 bytes
   * @param content what it is found by
   * @param attributes a JSON object, at most 8 KiB
   */
  public record Point(String id, Content content, String attributes) {}

  /** A vector, or a text that the embedding model makes one of. */
  public sealed interface Content {}

  /** Not copied: nobody may write to it. */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  public record Vector(float[] values) implements Content {}

  public record Text(String text) implements Content {}

  /**
   * @param k 1 to 1,000
   * @param filter a JSON object: attributes and what they must be; empty for none
   */
  public record Search(String owner, String collection, Content content, int k, String filter) {}

  public sealed interface Reply {}

  public record Done() implements Reply {}

  /**
   * @param matches the best first
   * @param partial whether something that should have been searched was not
   */
  public record Matches(List<Match> matches, boolean partial) implements Reply {
    public Matches {
      matches = List.copyOf(matches);
    }
  }

  /**
   * @param score more is nearer: the cosine, the dot product, or the distance's negative
   * @param attributes JSON
   */
  public record Match(String id, double score, String attributes) {}

  /** Nothing was done. */
  public record Refused(Reason reason, String detail) implements Reply {}

  /** Why nothing was done; new ones are added at the end. */
  public enum Reason {
    INVALID,
    ABSENT,
    CONFLICT,
    /** It cannot be done now. */
    NOT_EXECUTED
  }

  private static void content(WireWriter out, Content content) {
    if (content instanceof Vector vector) {
      out.writeByte(0);
      out.writeFloats(vector.values());
    } else if (content instanceof Text text) {
      out.writeByte(1);
      out.writeString(text.text());
    }
  }

  private static Content content(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new Vector(in.readFloats());
      case 1 -> new Text(in.readString());
      default -> throw new MalformedFrameException("content: " + kind + " (expected: 0..1)");
    };
  }

  static void writeMatch(WireWriter out, Match match) {
    out.writeString(match.id());
    out.writeDouble(match.score());
    out.writeString(match.attributes());
  }

  static Match readMatch(WireReader in) {
    return new Match(in.readString(), in.readDouble(), in.readString());
  }

  private static final class CreateCodec implements Codec<Create> {
    private static final Metric[] METRICS = Metric.values();

    @Override
    public void encode(Create value, WireWriter out) {
      out.writeString(value.owner());
      out.writeString(value.collection());
      out.writeVarInt(value.dimension());
      out.writeEnum(value.metric());
    }

    @Override
    public Create decode(WireReader in) {
      return new Create(in.readString(), in.readString(), in.readVarInt(), in.readEnum(METRICS));
    }
  }

  private static final class UpsertCodec implements Codec<Upsert> {
    @Override
    public void encode(Upsert value, WireWriter out) {
      out.writeString(value.owner());
      out.writeString(value.collection());
      out.writeAll(
          value.points(),
          (writer, point) -> {
            writer.writeString(point.id());
            content(writer, point.content());
            writer.writeString(point.attributes());
          });
    }

    @Override
    public Upsert decode(WireReader in) {
      return new Upsert(
          in.readString(),
          in.readString(),
          in.readAll(point -> new Point(point.readString(), content(point), point.readString())));
    }
  }

  private static final class DeleteCodec implements Codec<Delete> {
    @Override
    public void encode(Delete value, WireWriter out) {
      out.writeString(value.owner());
      out.writeString(value.collection());
      out.writeAll(value.ids(), WireWriter::writeString);
    }

    @Override
    public Delete decode(WireReader in) {
      return new Delete(in.readString(), in.readString(), in.readAll(WireReader::readString));
    }
  }

  private static final class SearchCodec implements Codec<Search> {
    @Override
    public void encode(Search value, WireWriter out) {
      out.writeString(value.owner());
      out.writeString(value.collection());
      content(out, value.content());
      out.writeVarInt(value.k());
      out.writeString(value.filter());
    }

    @Override
    public Search decode(WireReader in) {
      return new Search(
          in.readString(), in.readString(), content(in), in.readVarInt(), in.readString());
    }
  }

  private static final class ReplyCodec implements Codec<Reply> {
    private static final Reason[] REASONS = Reason.values();

    @Override
    public void encode(Reply value, WireWriter out) {
      if (value instanceof Done) {
        out.writeByte(0);
      } else if (value instanceof Matches matches) {
        out.writeByte(1);
        out.writeAll(matches.matches(), VectorsContract::writeMatch);
        out.writeBoolean(matches.partial());
      } else if (value instanceof Refused refused) {
        out.writeByte(2);
        out.writeEnum(refused.reason());
        out.writeString(refused.detail());
      }
    }

    @Override
    public Reply decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Done();
        case 1 -> new Matches(in.readAll(VectorsContract::readMatch), in.readBoolean());
        case 2 -> new Refused(in.readEnum(REASONS), in.readString());
        default -> throw new MalformedFrameException("reply: " + kind + " (expected: 0..2)");
      };
    }
  }
}
