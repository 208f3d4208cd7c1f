package dev.starling.chaos;

/**
 * What became of one call.
 *
 * @param dueNanos when it was to be sent, on {@link System#nanoTime()}
 * @param doneNanos when its answer was there, or it was given up
 * @param safe it changes nothing, so the cluster may try it again
 * @param zone of the edge that it was sent to
 * @param status 0 when there was no answer
 * @param detail what the answer's problem, or the connection's failure, says; empty for none
 */
record Sample(long dueNanos, long doneNanos, boolean safe, String zone, int status, String detail) {

  boolean succeeded() {
    return status == 200;
  }

  /** The answer leaves it open whether the work was done, as it must when that is not known. */
  boolean isUnknown() {
    return status == 504 && detail.contains("unknown");
  }

  /** The answer says that nothing was done. */
  boolean isRefused() {
    return status == 503 && detail.contains("not-executed");
  }

  double millis() {
    return (doneNanos - dueNanos) / 1e6;
  }
}
