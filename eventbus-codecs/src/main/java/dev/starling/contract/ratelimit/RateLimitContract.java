package dev.starling.contract.ratelimit;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** Spends permits of the limits that apply to a call, and lends permits to other nodes. */
public final class RateLimitContract {
  public static final String SERVICE = "rate-limiter";

  /**
   * In front of a node's id: the service in which a node lends permits, so that only it is meant.
   */
  private static final String LENDER_PREFIX = SERVICE + "@";

  /**
   * Asks whether a call may be spent now.
   *
   * <p>Address {@code rate-limiter/spend.v1}; {@link Spend} → {@link Allowed} | {@link Limited} |
   * {@link Uncounted}. A call that is limited spends nothing, from no window. Callers mark it as
   * safe to retry: it may then spend twice, which costs less than to wait. Failures: {@code
   * OVERLOADED}, {@code UNAVAILABLE}, {@code INVALID_ARGUMENT}.
   */
  public static final Address<Spend, Decision> SPEND =
      new Address<>(SERVICE, "spend.v1", new SpendCodec(), new DecisionCodec());

  private static final Codec<Lend> LEND = new LendCodec();
  private static final Codec<Lending> LENDING = new LendingCodec();

  private RateLimitContract() {}

  /**
   * Asks the node that keeps a bucket for a block of its permits.
   *
   * <p>Address {@code rate-limiter@<id>/lend.v1}; {@link Lend} → {@link Lent} | {@link LendRefused}
   * | {@link UnknownRule}. What is lent has left the bucket. Delivery: at most once; an answer that
   * is lost loses the block. Failures: {@code UNAVAILABLE}, {@code NODE_LOST}, {@code
   * INVALID_ARGUMENT}.
   */
  public static Address<Lend, Lending> lend(String nodeId) {
    return new Address<>(LENDER_PREFIX + nodeId, "lend.v1", LEND, LENDING);
  }

  /**
   * @param consumer the user's id; empty for an anonymous caller
   * @param tenant whose customer the consumer is; empty for none
   * @param tier what was agreed with it; empty when the token does not say
   * @param operation the operation's id, e.g. {@code users.get}
   * @param method the method of its route, e.g. {@code GET}
   * @param path the template of its route, e.g. {@code /v1/users/{id}}
   * @param clientAddress the caller's IP address as text
   * @param cost permits to spend, times what the route costs; 1 or more
   * @param maxDelayMillis how long the call can wait before it goes on; one that would have to wait
   *     longer is limited and spends nothing
   */
  public record Spend(
      String consumer,
      String tenant,
      String tier,
      String operation,
      String method,
      String path,
      String clientAddress,
      int cost,
      int maxDelayMillis) {}

  public sealed interface Decision {
    /** Every window that the call counts in, the most nearly spent first; may be empty. */
    List<Window> windows();
  }

  /**
   * No limit applies to calls of this route, whoever makes them.
   *
   * @param validMillis how long callers may rely on it without asking again; 0 for this call only
   */
  public record Uncounted(int validMillis) implements Decision {
    public Uncounted {
      if (validMillis < 0) {
        throw new IllegalArgumentException("validMillis: " + validMillis + " (expected: >= 0)");
      }
    }

    @Override
    public List<Window> windows() {
      return List.of();
    }
  }

  /**
   * The call may go on, at once or after a while.
   *
   * @param delayMillis how long it has to wait before that, so that calls leave evenly; its permits
   *     are spent, whether it waits or not
   * @param shadows the rules that would have limited it, were they not on trial
   */
  public record Allowed(List<Window> windows, int delayMillis, List<String> shadows)
      implements Decision {
    public Allowed {
      if (delayMillis < 0) {
        throw new IllegalArgumentException("delayMillis: " + delayMillis + " (expected: >= 0)");
      }
      windows = List.copyOf(windows);
      shadows = List.copyOf(shadows);
    }

    /** At once, and no rule on trial minds. */
    public Allowed(List<Window> windows) {
      this(windows, 0, List.of());
    }
  }

  /**
   * The call may not go on now.
   *
   * @param rule the name of the rule that refused
   * @param policy the name of its window that refused
   * @param threshold permits that this window has
   * @param observed permits that would have been in use, this call's among them
   * @param retryAfterMillis how long until this very call would be allowed; 1 or more
   */
  public record Limited(
      String rule,
      String policy,
      long threshold,
      long observed,
      long retryAfterMillis,
      List<Window> windows)
      implements Decision {
    public Limited {
      windows = List.copyOf(windows);
    }
  }

  /**
   * The state of one window after the decision; of a window that nodes share, as this node knows
   * it.
   *
   * @param policy the window's name, unique in the policy file
   * @param quota permits in a full window
   * @param windowSeconds the window's length
   * @param remaining permits that can be spent at once
   * @param resetSeconds until the window is full again
   */
  public record Window(
      String policy, long quota, int windowSeconds, long remaining, int resetSeconds) {

    private static void encode(WireWriter out, Window window) {
      out.writeString(window.policy);
      out.writeVarLong(window.quota);
      out.writeVarInt(window.windowSeconds);
      out.writeVarLong(window.remaining);
      out.writeVarInt(window.resetSeconds);
    }

    private static Window decode(WireReader in) {
      return new Window(
          in.readString(), in.readVarLong(), in.readVarInt(), in.readVarLong(), in.readVarInt());
    }
  }

  /**
   * @param rule the rule's name
   * @param numbers a hash of the rule's numbers, so that two nodes with two policy files do not
   *     count in one bucket by different rules
   * @param key whom the bucket counts
   * @param need permits without which the answer is {@link LendRefused}; 1 or more
   * @param want permits to lend if there are as many; {@code need} or more
   */
  public record Lend(String rule, long numbers, String key, int need, int want) {}

  public sealed interface Lending {}

  /**
   * Permits that may be spent until the block expires.
   *
   * @param permits at least those needed
   * @param validMillis how long from when they were asked for
   * @param delayNanos how long the first of them has to wait, of a leaky bucket
   * @param spacingNanos how long each further one waits after the one before
   * @param levels what is left, one for each window of the rule
   */
  public record Lent(
      int permits, int validMillis, long delayNanos, long spacingNanos, List<Level> levels)
      implements Lending {
    public Lent {
      levels = List.copyOf(levels);
    }
  }

  /**
   * There are not as many as needed.
   *
   * @param window the number of the window that has to be waited for longest
   * @param waitMillis how long
   */
  public record LendRefused(int window, long waitMillis, List<Level> levels) implements Lending {
    public LendRefused {
      levels = List.copyOf(levels);
    }
  }

  /** The node has no such rule with these numbers. */
  public record UnknownRule() implements Lending {}

  /**
   * What is left of one window.
   *
   * @param remaining permits that can be lent at once
   * @param resetMillis until it is full again
   */
  public record Level(long remaining, long resetMillis) {

    private static void encode(WireWriter out, Level level) {
      out.writeVarLong(level.remaining);
      out.writeVarLong(level.resetMillis);
    }

    private static Level decode(WireReader in) {
      return new Level(in.readVarLong(), in.readVarLong());
    }
  }

  private static final class SpendCodec implements Codec<Spend> {
    @Override
    public void encode(Spend value, WireWriter out) {
      out.writeString(value.consumer());
      out.writeString(value.tenant());
      out.writeString(value.tier());
      out.writeString(value.operation());
      out.writeString(value.method());
      out.writeString(value.path());
      out.writeString(value.clientAddress());
      out.writeVarInt(value.cost());
      out.writeVarInt(value.maxDelayMillis());
    }

    @Override
    public Spend decode(WireReader in) {
      return new Spend(
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readString(),
          in.readVarInt(),
          in.readVarInt());
    }
  }

  private static final class DecisionCodec implements Codec<Decision> {
    @Override
    public void encode(Decision value, WireWriter out) {
      if (value instanceof Allowed allowed) {
        out.writeByte(0);
        out.writeAll(allowed.windows(), Window::encode);
        out.writeVarInt(allowed.delayMillis());
        out.writeAll(allowed.shadows(), WireWriter::writeString);
      } else if (value instanceof Limited limited) {
        out.writeByte(1);
        out.writeString(limited.rule());
        out.writeString(limited.policy());
        out.writeVarLong(limited.threshold());
        out.writeVarLong(limited.observed());
        out.writeVarLong(limited.retryAfterMillis());
        out.writeAll(limited.windows(), Window::encode);
      } else if (value instanceof Uncounted uncounted) {
        out.writeByte(2);
        out.writeVarInt(uncounted.validMillis());
      }
    }

    @Override
    public Decision decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 ->
            new Allowed(
                in.readAll(Window::decode), in.readVarInt(), in.readAll(WireReader::readString));
        case 1 ->
            new Limited(
                in.readString(),
                in.readString(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readAll(Window::decode));
        case 2 -> new Uncounted(in.readVarInt());
        default -> throw new MalformedFrameException("decision: " + kind + " (expected: 0..2)");
      };
    }
  }

  private static final class LendCodec implements Codec<Lend> {
    @Override
    public void encode(Lend value, WireWriter out) {
      out.writeString(value.rule());
      out.writeLong(value.numbers());
      out.writeString(value.key());
      out.writeVarInt(value.need());
      out.writeVarInt(value.want());
    }

    @Override
    public Lend decode(WireReader in) {
      return new Lend(
          in.readString(), in.readLong(), in.readString(), in.readVarInt(), in.readVarInt());
    }
  }

  private static final class LendingCodec implements Codec<Lending> {
    @Override
    public void encode(Lending value, WireWriter out) {
      if (value instanceof Lent lent) {
        out.writeByte(0);
        out.writeVarInt(lent.permits());
        out.writeVarInt(lent.validMillis());
        out.writeVarLong(lent.delayNanos());
        out.writeVarLong(lent.spacingNanos());
        out.writeAll(lent.levels(), Level::encode);
      } else if (value instanceof LendRefused refused) {
        out.writeByte(1);
        out.writeVarInt(refused.window());
        out.writeVarLong(refused.waitMillis());
        out.writeAll(refused.levels(), Level::encode);
      } else if (value instanceof UnknownRule) {
        out.writeByte(2);
      }
    }

    @Override
    public Lending decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 ->
            new Lent(
                in.readVarInt(),
                in.readVarInt(),
                in.readVarLong(),
                in.readVarLong(),
                in.readAll(Level::decode));
        case 1 -> new LendRefused(in.readVarInt(), in.readVarLong(), in.readAll(Level::decode));
        case 2 -> new UnknownRule();
        default -> throw new MalformedFrameException("lending: " + kind + " (expected: 0..2)");
      };
    }
  }
}
