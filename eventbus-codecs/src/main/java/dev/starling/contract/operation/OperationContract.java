package dev.starling.contract.operation;

import dev.starling.bus.Address;

/** Runs an operation that a service announced. */
public final class OperationContract {

  private OperationContract() {}

  /**
   * The address at which {@code service} runs its operations.
   *
   * <p>Address {@code <service>/operate.v1}; {@link OperationRequest} → {@link OperationReply}.
   * Delivery: at most once; whether a retry is safe is announced per operation. Failures: {@code
   * INVALID_ARGUMENT} for an unknown operation, {@code OVERLOADED}, {@code UNAVAILABLE}, {@code
   * UNKNOWN_OUTCOME}.
   */
  public static Address<OperationRequest, OperationReply> operate(String service) {
    return new Address<>(service, "operate.v1", OperationRequest.CODEC, OperationReply.CODEC);
  }
}
