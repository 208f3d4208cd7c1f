package dev.starling.contract.users;

import dev.starling.bus.Address;
import dev.starling.bus.Topic;
import dev.starling.codec.Codec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/** Reserves and finds e-mail addresses, which belong to the users service alone. */
public final class UsersContract {
  public static final String SERVICE = "users";

  /**
   * Holds an e-mail address for a user who is about to exist.
   *
   * <p>Address {@code users/reserve.v1}; {@link Reserve} → {@link Reserved} | {@link EmailTaken}.
   * An address that is held but not confirmed passes to the newest reservation, and the hold
   * expires. Delivery: at most once, safe to retry. Committed before it is answered.
   */
  public static final Address<Reserve, Reservation> RESERVE =
      new Address<>(SERVICE, "reserve.v1", new ReserveCodec(), new ReservationCodec());

  /**
   * Makes a reserved user real.
   *
   * <p>Address {@code users/confirm.v1}; {@link Confirm} → {@link Confirmed} | {@link EmailTaken}
   * when the hold has expired or passed on. Delivery: at most once, safe to retry: confirming twice
   * gives the same answer. Committed before it is answered.
   */
  public static final Address<Confirm, Confirmation> CONFIRM =
      new Address<>(SERVICE, "confirm.v1", new ConfirmCodec(), new ConfirmationCodec());

  /**
   * Finds a confirmed user.
   *
   * <p>Address {@code users/find.v1}; {@link Find} → {@link Found} | {@link Absent}. Reads the
   * database, not a cache. Safe to retry.
   */
  public static final Address<Find, Finding> FIND =
      new Address<>(SERVICE, "find.v1", new FindCodec(), new FindingCodec());

  /** Tells every node that a user changed, so that it forgets what it has cached. */
  public static final Topic<UserChanged> CHANGED =
      new Topic<>("users.changed.v1", new UserChangedCodec());

  private UsersContract() {}

  /**
   * @param userId a UUID that the caller chose; names the attempt too
   * @param email as the person wrote it; compared without regard to case
   */
  public record Reserve(String userId, String email, String name) {}

  public sealed interface Reservation {}

  public record Reserved(String userId) implements Reservation {}

  /** Somebody else has the address. */
  public record EmailTaken() implements Reservation, Confirmation {}

  public record Confirm(String userId) {}

  public sealed interface Confirmation {}

  /**
   * @param createdAt RFC 3339 in UTC
   */
  public record Confirmed(String userId, String email, String name, String createdAt)
      implements Confirmation {}

  /** Exactly one of the two is not empty. */
  public record Find(String userId, String email) {}

  public sealed interface Finding {}

  public record Found(String userId, String email) implements Finding {}

  public record Absent() implements Finding {}

  /**
   * @param version the version that is now stored
   * @param deleted true when there is none any more
   */
  public record UserChanged(String userId, long version, boolean deleted) {}

  private static MalformedFrameException unknownKind(String what, int kind) {
    return new MalformedFrameException(what + ": " + kind + " (expected: 0..1)");
  }

  private static final class ReserveCodec implements Codec<Reserve> {
    @Override
    public void encode(Reserve value, WireWriter out) {
      out.writeString(value.userId());
      out.writeString(value.email());
      out.writeString(value.name());
    }

    @Override
    public Reserve decode(WireReader in) {
      return new Reserve(in.readString(), in.readString(), in.readString());
    }
  }

  private static final class ReservationCodec implements Codec<Reservation> {
    @Override
    public void encode(Reservation value, WireWriter out) {
      if (value instanceof Reserved reserved) {
        out.writeByte(0);
        out.writeString(reserved.userId());
      } else {
        out.writeByte(1);
      }
    }

    @Override
    public Reservation decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Reserved(in.readString());
        case 1 -> new EmailTaken();
        default -> throw unknownKind("reservation", kind);
      };
    }
  }

  private static final class ConfirmCodec implements Codec<Confirm> {
    @Override
    public void encode(Confirm value, WireWriter out) {
      out.writeString(value.userId());
    }

    @Override
    public Confirm decode(WireReader in) {
      return new Confirm(in.readString());
    }
  }

  private static final class ConfirmationCodec implements Codec<Confirmation> {
    @Override
    public void encode(Confirmation value, WireWriter out) {
      if (value instanceof Confirmed confirmed) {
        out.writeByte(0);
        out.writeString(confirmed.userId());
        out.writeString(confirmed.email());
        out.writeString(confirmed.name());
        out.writeString(confirmed.createdAt());
      } else {
        out.writeByte(1);
      }
    }

    @Override
    public Confirmation decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Confirmed(in.readString(), in.readString(), in.readString(), in.readString());
        case 1 -> new EmailTaken();
        default -> throw unknownKind("confirmation", kind);
      };
    }
  }

  private static final class FindCodec implements Codec<Find> {
    @Override
    public void encode(Find value, WireWriter out) {
      out.writeString(value.userId());
      out.writeString(value.email());
    }

    @Override
    public Find decode(WireReader in) {
      return new Find(in.readString(), in.readString());
    }
  }

  private static final class FindingCodec implements Codec<Finding> {
    @Override
    public void encode(Finding value, WireWriter out) {
      if (value instanceof Found found) {
        out.writeByte(0);
        out.writeString(found.userId());
        out.writeString(found.email());
      } else {
        out.writeByte(1);
      }
    }

    @Override
    public Finding decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> new Found(in.readString(), in.readString());
        case 1 -> new Absent();
        default -> throw unknownKind("finding", kind);
      };
    }
  }

  private static final class UserChangedCodec implements Codec<UserChanged> {
    @Override
    public void encode(UserChanged value, WireWriter out) {
      out.writeString(value.userId());
      out.writeVarLong(value.version());
      out.writeBoolean(value.deleted());
    }

    @Override
    public UserChanged decode(WireReader in) {
      return new UserChanged(in.readString(), in.readVarLong(), in.readBoolean());
    }
  }
}
