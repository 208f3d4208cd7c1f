package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens on the bus, to count it.
 *
 * <p>Threading: called on the context that it happened on, from all contexts at once, on the hot
 * path; it must not block or throw.
 */
public interface BusObserver {
  BusObserver NONE = new BusObserver() {};

  /** A call of this node ended; {@code failure} is null when it was answered. */
  default void callEnded(
      Address<?, ?> address, Target target, @Nullable ErrorCode failure, long elapsedNanos) {}

  /** A call was sent again, to another target. */
  default void callMoved(Address<?, ?> address) {}

  /** A call that was out for long was sent to a second target as well. */
  default void callHedged(Address<?, ?> address) {}

  /** An instance of this node begins with a request that came from another node. */
  default void requestReceived(String service) {}

  /** A frame could not be read and was dropped. */
  default void frameDropped(String reason) {}

  /** A request was answered with {@code EXPIRED} because its deadline had passed on arrival. */
  default void requestExpired(String service) {}

  /** An end of a stream was opened on this node. */
  default void streamOpened(StreamAddress<?, ?, ?, ?> address, StreamSide side) {}

  /** That many items were sent by an end on this node since the last time. */
  default void streamItems(StreamAddress<?, ?, ?, ?> address, StreamSide side, long items) {}

  /** An end of a stream is gone; {@code failure} is null when both directions came to their end. */
  default void streamClosed(
      StreamAddress<?, ?, ?, ?> address, StreamSide side, @Nullable ErrorCode failure) {}
}
