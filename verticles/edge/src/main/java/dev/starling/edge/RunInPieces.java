package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import org.jspecify.annotations.Nullable;

/**
 * Runs a raw operation over a stream, because its body or its answer is too large for a message.
 */
final class RunInPieces implements Stage {
  /** A larger body goes in pieces; half of what the bus carries in one, so the rest has room. */
  static final int MESSAGE_BYTES = 512 * 1024;

  private final Bus bus;

  RunInPieces(Bus bus) {
    this.bus = bus;
  }

  /**
   * Whether a call that failed so succeeds in pieces: nothing was done of a request that did not
   * fit; one whose answer did not is run again.
   */
  static boolean isNeeded(OperationRecord operation, ErrorCode code) {
    return operation.interaction() == Interaction.RAW
        && (code == ErrorCode.INVALID_ARGUMENT
            || code == ErrorCode.REPLY_TOO_LARGE && operation.safeToRetry());
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.route().operation().interaction() != Interaction.RAW) {
      return true;
    }
    new LargeCall(bus, exchange).begin();
    return false;
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    exchange.conclude(answer instanceof CallResult result ? result : CallResult.of(null, failure));
    return false;
  }
}
