package dev.starling.sdk;

import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.contract.vectors.VectorsContract.Refused;

/**
 * What was asked of a collection makes no sense to it, or it is not there. It has no stack trace;
 * the message is for operators.
 */
public final class VectorsRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  VectorsRefused(Refused refused) {
    super(refused.reason() + ": " + refused.detail(), null, false, false);
    this.reason = refused.reason();
  }

  public Reason reason() {
    return reason;
  }

  /** Whether the collection is not there. */
  public boolean isAbsent() {
    return reason == Reason.ABSENT;
  }
}
