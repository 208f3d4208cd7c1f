package dev.starling.chaos.orders;

/**
 * A call and what became of it.
 *
 * @param process the client that called
 * @param invokedNanos since the history began
 * @param endedNanos likewise; {@link #NEVER} when it did not come to an end
 */
record Operation(
    long id, int process, Call call, long invokedNanos, long endedNanos, Outcome outcome) {
  static final long NEVER = Long.MAX_VALUE;

  boolean isOk() {
    return outcome.isOk();
  }

  boolean isRefused() {
    return outcome.isRefused();
  }

  boolean isRefused(Outcome.Reason reason) {
    return outcome instanceof Outcome.Refused refused && refused.reason() == reason;
  }

  /** What it may have done is done only after its call and, if it was told so, before its end. */
  boolean mayHaveRunBeside(Operation other) {
    boolean openEnd = outcome instanceof Outcome.Unknown;
    return invokedNanos < other.endedNanos && (openEnd || endedNanos > other.invokedNanos);
  }
}
