package dev.starling.contract.ratelimit;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/** Spends permits of the limits that apply to a call. */
public final class RateLimitContract {
  public static final String SERVICE = "rate-limiter";

  /**
   * Asks whether a call may be spent now.
   *
   * <p>Address {@code rate-limiter/spend.v1}; {@link Spend} → {@link Allowed} | {@link Limited} |
   * {@link Uncounted}. A call that is limited spends nothing, from no window. Delivery: at most
   * once; a retry may spend twice. Failures: {@code OVERLOADED}, {@code UNAVAILABLE}.
   */
  public static final Address<Spend, Decision> SPEND =
      new Address<>(SERVICE, "spend.v1", new SpendCodec(), new DecisionCodec());

  private RateLimitContract() {}

  /**
   * @param consumer the user's id; empty for an anonymous caller
   * @param route the operation's id, e.g. {@code users.get}
   * @param clientAddress the caller's IP address as text
   * @param cost permits to spend; 1 or more
   */
  public record Spend(String consumer, String route, String clientAddress, int cost) {}

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

  public record Allowed(List<Window> windows) implements Decision {
    public Allowed {
      windows = List.copyOf(windows);
    }
  }

  /**
   * @param policy the name of the window that refused
   * @param retryAfterMillis how long until this very call would be allowed; 1 or more
   */
  public record Limited(String policy, long retryAfterMillis, List<Window> windows)
      implements Decision {
    public Limited {
      windows = List.copyOf(windows);
    }
  }

  /**
   * The state of one window after the decision.
   *
   * @param policy the window's name, unique in the configuration
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

  private static final class SpendCodec implements Codec<Spend> {
    @Override
    public void encode(Spend value, WireWriter out) {
      out.writeString(value.consumer());
      out.writeString(value.route());
      out.writeString(value.clientAddress());
      out.writeVarInt(value.cost());
    }

    @Override
    public Spend decode(WireReader in) {
      return new Spend(in.readString(), in.readString(), in.readString(), in.readVarInt());
    }
  }

  private static final class DecisionCodec implements Codec<Decision> {
    @Override
    public void encode(Decision value, WireWriter out) {
      if (value instanceof Limited limited) {
        out.writeByte(1);
        out.writeString(limited.policy());
        out.writeVarLong(limited.retryAfterMillis());
      } else if (value instanceof Uncounted uncounted) {
        out.writeByte(2);
        out.writeVarInt(uncounted.validMillis());
        return;
      } else {
        out.writeByte(0);
      }
      out.writeAll(value.windows(), Window::encode);
    }

    @Override
    public Decision decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Allowed(in.readAll(Window::decode));
        case 1 -> new Limited(in.readString(), in.readVarLong(), in.readAll(Window::decode));
        case 2 -> new Uncounted(in.readVarInt());
        default -> throw new MalformedFrameException("decision: " + kind + " (expected: 0..2)");
      };
    }
  }
}
