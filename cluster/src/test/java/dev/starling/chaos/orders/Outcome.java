package dev.starling.chaos.orders;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import java.util.List;

/**
 * What a client knows about a call when it has ended. Immutable.
 *
 * <p>All but {@link Refused} and {@link Unknown} say that it was done.
 */
@JsonTypeInfo(use = Id.NAME, property = "outcome")
@JsonSubTypes({
  @Type(value = Outcome.Placed.class, name = "placed"),
  @Type(value = Outcome.Shown.class, name = "shown"),
  @Type(value = Outcome.Browsed.class, name = "browsed"),
  @Type(value = Outcome.Cancelled.class, name = "cancelled"),
  @Type(value = Outcome.Stock.class, name = "stock"),
  @Type(value = Outcome.Refused.class, name = "refused"),
  @Type(value = Outcome.Unknown.class, name = "unknown")
})
sealed interface Outcome {
  /** What {@link OrderRow#status} and the API call an order that holds. */
  String CONFIRMED = "confirmed";

  /** What they call one that was taken back. */
  String CANCELLED = "cancelled";

  /** The client was told that it was done. */
  @JsonIgnore
  default boolean isOk() {
    return true;
  }

  /** The client was told, or knows, that nothing was done. */
  @JsonIgnore
  default boolean isRefused() {
    return false;
  }

  /**
   * @param replayed the answer says that an earlier call did it
   */
  record Placed(String order, boolean replayed) implements Outcome {}

  record Shown(String status) implements Outcome {}

  /**
   * @param orders the newest first
   * @param more there are older ones
   */
  record Browsed(List<String> orders, boolean more) implements Outcome {
    public Browsed {
      orders = List.copyOf(orders);
    }
  }

  record Cancelled() implements Outcome {}

  record Stock(long quantity) implements Outcome {}

  /**
   * @param status 0 when nothing was sent, because nobody could be connected to
   */
  record Refused(Reason reason, int status, String detail) implements Outcome {
    @Override
    public boolean isOk() {
      return false;
    }

    @Override
    public boolean isRefused() {
      return true;
    }
  }

  /** It may have been done: an answer that says so, an answer nobody can read, or none. */
  record Unknown(int status, String detail) implements Outcome {
    @Override
    public boolean isOk() {
      return false;
    }
  }

  /** Why nothing was done. */
  enum Reason {
    /** The key belongs to another body. */
    KEY_REUSED,
    /** Another call with the key is not at its end. */
    IN_FLIGHT,
    INSUFFICIENT_STOCK,
    NOT_FOUND,
    /** Not now; to be tried again. */
    NOT_EXECUTED,
    /** Anything else that the client did wrong. */
    OTHER
  }
}
