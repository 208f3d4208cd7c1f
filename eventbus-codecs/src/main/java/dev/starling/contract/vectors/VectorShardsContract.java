package dev.starling.contract.vectors;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Metric;
import java.util.List;

/**
 * What nodes that run {@code vectors} ask of each other: of the one that has a shard's points in
 * memory. Each node answers at an address of its own.
 */
public final class VectorShardsContract {
  /** In front of a node's id. */
  private static final String NODE_PREFIX = VectorsContract.SERVICE + "@";

  private static final Codec<Search> SEARCH = new SearchCodec();
  private static final Codec<Finding> FINDING = new FindingCodec();
  private static final Codec<Write> WRITE = new WriteCodec();
  private static final Codec<Writing> WRITING = new WritingCodec();
  private static final Codec<Ask> ASK = new AskCodec();
  private static final Codec<Standings> STANDINGS = new StandingsCodec();

  private VectorShardsContract() {}

  /**
   * Searches shards of a collection.
   *
   * <p>Address {@code vectors@<id>/search.v1}; {@link Search} → {@link Found} | {@link TooMuch}.
   * Safe to retry. Failures: {@code OVERLOADED}, {@code UNAVAILABLE}, {@code INVALID_ARGUMENT}.
   */
  public static Address<Search, Finding> search(String nodeId) {
    return new Address<>(NODE_PREFIX + nodeId, "search.v1", SEARCH, FINDING);
  }

  /**
   * Stores and deletes points of a collection: rows, then what is in memory.
   *
   * <p>Address {@code vectors@<id>/write.v1}; {@link Write} → {@link Written} | {@link NotWritten}.
   * Safe to retry. Committed before it is answered, and found by searches that begin afterwards.
   */
  public static Address<Write, Writing> write(String nodeId) {
    return new Address<>(NODE_PREFIX + nodeId, "write.v1", WRITE, WRITING);
  }

  /**
   * Asks how shards stand.
   *
   * <p>Address {@code vectors@<id>/stand.v1}; {@link Ask} → {@link Standings}. Safe to retry.
   */
  public static Address<Ask, Standings> stand(String nodeId) {
    return new Address<>(NODE_PREFIX + nodeId, "stand.v1", ASK, STANDINGS);
  }

  /**
   * @param collection its UUID
   * @param shards their numbers
   * @param vector not copied: nobody may write to it
   * @param filter a JSON object; empty for none
   * @param exact whether every point is compared
   */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  public record Search(
      String collection,
      Metric metric,
      List<Integer> shards,
      float[] vector,
      int k,
      String filter,
      boolean exact) {
    public Search {
      shards = List.copyOf(shards);
    }
  }

  public sealed interface Finding {}

  /**
   * @param matches the best first
   * @param incomplete shards that this node does not have as a whole, or not any more
   */
  public record Found(List<Match> matches, List<Integer> incomplete) implements Finding {
    public Found {
      matches = List.copyOf(matches);
      incomplete = List.copyOf(incomplete);
    }
  }

  /**
   * The attributes of what was found do not fit into a message.
   *
   * @param bytes of the matches
   */
  public record TooMuch(int bytes, int limit) implements Finding {}

  /**
   * @param collection its UUID
   * @param puts points with vectors, in place of those that have their ids
   * @param deleted ids
   */
  public record Write(String collection, Metric metric, List<Put> puts, List<String> deleted) {
    public Write {
      puts = List.copyOf(puts);
      deleted = List.copyOf(deleted);
    }
  }

  /**
   * @param vector not copied: nobody may write to it
   * @param attributes JSON
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Put(String id, float[] vector, String attributes) {}

  public sealed interface Writing {}

  public record Written() implements Writing {}

  public record NotWritten(Reason reason, String detail) implements Writing {}

  /** Why a write is not known to be done; new ones are added at the end. */
  public enum Reason {
    /** The collection was deleted; nothing was written. */
    GONE,
    /** It cannot be done now; nothing was written. */
    NOT_EXECUTED,
    /** Some of it may have been written. */
    UNKNOWN
  }

  /**
   * @param collection its UUID
   * @param shards their numbers
   */
  public record Ask(String collection, List<Integer> shards) {
    public Ask {
      shards = List.copyOf(shards);
    }
  }

  /**
   * @param shards in the order in which they were asked for
   * @param pending points of the collection on this node that are not in its graph yet
   */
  public record Standings(List<Standing> shards, int pending) {
    public Standings {
      shards = List.copyOf(shards);
    }
  }

  /**
   * @param points of the collection, in memory
   * @param rebuiltPermille how much of the shard's rows was read, in thousandths
   */
  public record Standing(int shard, State state, int points, int rebuiltPermille) {}

  /** How a node stands to a shard; new ones are added at the end. */
  public enum State {
    /** It is another's. */
    NOT_HERE,
    /** Its rows are being read. */
    REBUILDING,
    /** There is no memory for all of its points. */
    FULL,
    READY
  }

  private static void shards(WireWriter out, List<Integer> shards) {
    out.writeAll(shards, WireWriter::writeVarInt);
  }

  private static List<Integer> shards(WireReader in) {
    return in.readAll(WireReader::readVarInt);
  }

  private static final class SearchCodec implements Codec<Search> {
    private static final Metric[] METRICS = Metric.values();

    @Override
    public void encode(Search value, WireWriter out) {
      out.writeString(value.collection());
      out.writeEnum(value.metric());
      shards(out, value.shards());
      out.writeFloats(value.vector());
      out.writeVarInt(value.k());
      out.writeString(value.filter());
      out.writeBoolean(value.exact());
    }

    @Override
    public Search decode(WireReader in) {
      return new Search(
          in.readString(),
          in.readEnum(METRICS),
          shards(in),
          in.readFloats(),
          in.readVarInt(),
          in.readString(),
          in.readBoolean());
    }
  }

  private static final class FindingCodec implements Codec<Finding> {
    @Override
    public void encode(Finding value, WireWriter out) {
      if (value instanceof Found found) {
        out.writeByte(0);
        out.writeAll(found.matches(), VectorsContract::writeMatch);
        shards(out, found.incomplete());
      } else if (value instanceof TooMuch more) {
        out.writeByte(1);
        out.writeVarInt(more.bytes());
        out.writeVarInt(more.limit());
      }
    }

    @Override
    public Finding decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Found(in.readAll(VectorsContract::readMatch), shards(in));
        case 1 -> new TooMuch(in.readVarInt(), in.readVarInt());
        default -> throw new MalformedFrameException("finding: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class WriteCodec implements Codec<Write> {
    private static final Metric[] METRICS = Metric.values();

    @Override
    public void encode(Write value, WireWriter out) {
      out.writeString(value.collection());
      out.writeEnum(value.metric());
      out.writeAll(
          value.puts(),
          (writer, put) -> {
            writer.writeString(put.id());
            writer.writeFloats(put.vector());
            writer.writeString(put.attributes());
          });
      out.writeAll(value.deleted(), WireWriter::writeString);
    }

    @Override
    public Write decode(WireReader in) {
      return new Write(
          in.readString(),
          in.readEnum(METRICS),
          in.readAll(put -> new Put(put.readString(), put.readFloats(), put.readString())),
          in.readAll(WireReader::readString));
    }
  }

  private static final class WritingCodec implements Codec<Writing> {
    private static final Reason[] REASONS = Reason.values();

    @Override
    public void encode(Writing value, WireWriter out) {
      if (value instanceof Written) {
        out.writeByte(0);
      } else if (value instanceof NotWritten not) {
        out.writeByte(1);
        out.writeEnum(not.reason());
        out.writeString(not.detail());
      }
    }

    @Override
    public Writing decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Written();
        case 1 -> new NotWritten(in.readEnum(REASONS), in.readString());
        default -> throw new MalformedFrameException("writing: " + kind + " (expected: 0..1)");
      };
    }
  }

  private static final class AskCodec implements Codec<Ask> {
    @Override
    public void encode(Ask value, WireWriter out) {
      out.writeString(value.collection());
      shards(out, value.shards());
    }

    @Override
    public Ask decode(WireReader in) {
      return new Ask(in.readString(), shards(in));
    }
  }

  private static final class StandingsCodec implements Codec<Standings> {
    private static final State[] STATES = State.values();

    @Override
    public void encode(Standings value, WireWriter out) {
      out.writeAll(
          value.shards(),
          (writer, one) -> {
            writer.writeVarInt(one.shard());
            writer.writeEnum(one.state());
            writer.writeVarInt(one.points());
            writer.writeVarInt(one.rebuiltPermille());
          });
      out.writeVarInt(value.pending());
    }

    @Override
    public Standings decode(WireReader in) {
      return new Standings(
          in.readAll(
              one ->
                  new Standing(
                      one.readVarInt(), one.readEnum(STATES), one.readVarInt(), one.readVarInt())),
          in.readVarInt());
    }
  }
}
