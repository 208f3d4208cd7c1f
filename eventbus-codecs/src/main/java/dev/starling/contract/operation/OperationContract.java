package dev.starling.contract.operation;

import dev.starling.bus.Address;
import dev.starling.bus.StreamAddress;
import java.util.function.Predicate;

/** Runs an operation that a service announced, or opens its stream. */
public final class OperationContract {
  private static final Predicate<OperationReply> TURNED_DOWN =
      reply ->
          reply instanceof OperationReply.Refused refused
              && refused.refusal() == OperationReply.Refusal.NOT_EXECUTED;

  private OperationContract() {}

  /**
   * The address at which {@code service} runs its operations.
   *
   * <p>Address {@code <service>/operate.v1}; {@link OperationRequest} → {@link OperationReply}.
   * Delivery: at most once; whether a retry is safe is announced per operation. Failures: {@code
   * INVALID_ARGUMENT} for an unknown operation, {@code OVERLOADED}, {@code UNAVAILABLE}, {@code
   * UNKNOWN_OUTCOME}. What an instance refuses with {@code NOT_EXECUTED}, because it has no
   * connection to its database, say, is sent to another node if there is one.
   */
  public static Address<OperationRequest, OperationReply> operate(String service) {
    return new Address<>(
        service, "operate.v1", OperationRequest.CODEC, OperationReply.CODEC, TURNED_DOWN);
  }

  /**
   * The address at which {@code service} opens the streams of its operations.
   *
   * <p>Address {@code <service>/stream.v1}; {@link OperationRequest} → {@link OperationReply}:
   * {@code Done} without a body when the stream is open, {@code Refused} when there is none. Then
   * {@link StreamMessage}s: {@code Item}s to the service, {@code Item}s and at most one {@code
   * Failed}, the last, from it. A bulk operation answers each item, in any order, with an {@code
   * Answered}; it gets a {@code Failed} for an item that was too long. A raw operation gets its
   * body as items and answers with an {@code Answered} of number 1, whose reply has no body and
   * says in {@code content-length} how long it is, then with the body as items; or with a {@code
   * Failed}. Failures: those of {@link #operate}; an open stream ends with {@code NODE_LOST},
   * {@code UNAVAILABLE} when its service stops, {@code DEADLINE_EXCEEDED} when its peer is silent,
   * {@code CANCELLED} when its client left, {@code INTERNAL}.
   */
  public static StreamAddress<OperationRequest, OperationReply, StreamMessage, StreamMessage>
      stream(String service) {
    return new StreamAddress<>(
        service,
        "stream.v1",
        OperationRequest.CODEC,
        OperationReply.CODEC,
        StreamMessage.CODEC,
        StreamMessage.CODEC);
  }
}
