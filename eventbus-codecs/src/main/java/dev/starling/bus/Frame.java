package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * What is sent over the Vert.x event bus. Immutable, so that a local hop passes the object itself.
 *
 * <p>{@link StreamFrame}s belong to an open stream. A payload is the message object on a local hop
 * and an {@link EncodedPayload} between nodes.
 */
sealed interface Frame
    permits Frame.Request, Frame.Reply, Frame.Cancel, Frame.Event, Frame.Malformed, StreamFrame {

  /** Asks an instance of {@code service} to answer to {@code callerInstance} of the caller. */
  record Request(
      String service,
      String operation,
      String callerNode,
      int callerInstance,
      long correlation,
      CallContext context,
      Object payload)
      implements Frame {}

  /** Answers a request; {@code failure} is null exactly when {@code payload} is the reply. */
  record Reply(
      int callerInstance,
      long correlation,
      @Nullable BusException failure,
      @Nullable Object payload)
      implements Frame {}

  /** The sender of this request does not wait for it any more; nobody answers. */
  record Cancel(String callerNode, int callerInstance, long correlation) implements Frame {}

  /** Tells every subscriber of a topic. */
  record Event(String topic, Object payload) implements Frame {}

  /** Bytes that were no frame; the reason says what was expected. */
  record Malformed(String reason) implements Frame {}
}
