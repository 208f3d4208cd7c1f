package dev.starling.contract.decision;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/**
 * The traffic policy refused a call.
 *
 * @param id {@code <node>-<number>-<tag>}, which nobody guesses who has not been told
 * @param node that refused
 * @param atMillis when, in milliseconds since 1970
 */
public record Decision(String id, String node, long atMillis, Call call, Refusal refusal) {
  public static final Codec<Decision> CODEC = new DecisionCodec();

  /** What refused; new ones are added at the end, since their order is on the wire. */
  public enum Kind {
    /** A limit on how often. */
    LIMITED,
    /** The node has too much to do: its heap, its event loops, or calls in flight of a class. */
    SHED,
    /** Too many are under way in one place. */
    BULKHEAD,
    /** What is called fails, or takes too long. */
    BREAKER,
    /** The time that the call had is over. */
    DEADLINE,
    /** Too many wait for the same answer. */
    CROWDED,
    /** Nobody is there who could answer. */
    UNAVAILABLE
  }

  /**
   * Who wanted what. A text is empty where it is not known, e.g. who calls before that was checked.
   *
   * @param traceId 32 hexadecimal digits
   * @param route method and template, e.g. {@code GET /v1/users/{id}}
   * @param operation e.g. {@code users.get}
   * @param consumer the subject of the token
   * @param address of the client, an IP address
   */
  public record Call(
      String traceId,
      String requestId,
      String route,
      String operation,
      String consumer,
      String address) {

    /** Nothing is known, as where a dependency is guarded. */
    public static final Call UNKNOWN = new Call("", "", "", "", "", "");
  }

  /**
   * What the policy said.
   *
   * @param status the HTTP status that the client got: 429, 503 or 504
   * @param rule the name of the rule or guard
   * @param threshold the number that was passed, in the unit of the rule
   * @param observed what was seen instead
   * @param retryAfterSeconds when to come back; 0 when that is not known
   * @param counters what else was counted at this moment, the most telling first
   */
  public record Refusal(
      Kind kind,
      int status,
      String rule,
      double threshold,
      double observed,
      int retryAfterSeconds,
      List<Counter> counters) {
    public Refusal {
      counters = List.copyOf(counters);
    }
  }

  /**
   * @param name e.g. {@code in-flight}
   */
  public record Counter(String name, double value) {}

  private static final class DecisionCodec implements Codec<Decision> {
    private static final Kind[] KINDS = Kind.values();

    @Override
    public void encode(Decision value, WireWriter out) {
      out.writeString(value.id);
      out.writeString(value.node);
      out.writeLong(value.atMillis);
      encode(value.call, out);
      encode(value.refusal, out);
    }

    @Override
    public Decision decode(WireReader in) {
      return new Decision(in.readString(), in.readString(), in.readLong(), call(in), refusal(in));
    }

    private static void encode(Call call, WireWriter out) {
      out.writeString(call.traceId);
      out.writeString(call.requestId);
      out.writeString(call.route);
      out.writeString(call.operation);
      out.writeString(call.consumer);
      out.writeString(call.address);
    }

    private static Call call(WireReader in) {
      return new Call(
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString());
    }

    private static void encode(Refusal refusal, WireWriter out) {
      out.writeEnum(refusal.kind);
      out.writeVarInt(refusal.status);
      out.writeString(refusal.rule);
      out.writeDouble(refusal.threshold);
      out.writeDouble(refusal.observed);
      out.writeVarInt(refusal.retryAfterSeconds);
      out.writeAll(
          refusal.counters,
          (writer, counter) -> {
            writer.writeString(counter.name);
            writer.writeDouble(counter.value);
          });
    }

    private static Refusal refusal(WireReader in) {
      return new Refusal(
          in.readEnum(KINDS),
          in.readVarInt(),
          in.readString(),
          in.readDouble(),
          in.readDouble(),
          in.readVarInt(),
          in.readAll(reader -> new Counter(reader.readString(), reader.readDouble())));
    }
  }
}
