package dev.starling.chaos;

/** What a round measures; of several rounds the largest value counts. */
enum Measure {
  FAILED_SAFE("failed safe calls", ""),
  SLOWEST_SAFE("slowest safe call", "ms"),
  FAILED_UNSAFE("failed unsafe calls", ""),
  WRONG_UNSAFE("unsafe calls that failed without need, or were answered wrongly", ""),
  LOST_WRITES("writes whose outcome is not what was answered", ""),
  LONGEST_GAP("longest time without an answer", "ms"),
  RECOVERY("time to 95 % of the throughput", "ms"),
  LEFT_VIEW("time until the node has left the view", "ms"),
  EVICTED("nodes that left the view", ""),
  SERVES_AGAIN("time from its return until the node serves", "ms"),
  EXPIRED_EXECUTED("expired calls that were executed", ""),
  STALE_DROPPED("old requests that the node found and did not run", ""),
  REFUSES_WRITES("time until the last write of the minority", "ms"),
  MINORITY_WRITES("writes that the minority did not refuse after 5 s", ""),
  BAD_EXITS("nodes that did not end with 0", ""),
  MORE_THREADS("growth of threads", "%"),
  MORE_DESCRIPTORS("growth of open files", "%"),
  MORE_HEAP("growth of the heap after a full collection", "%"),
  MORE_REGISTRATIONS("growth of registrations", "%"),
  SERVER_ERRORS("answers of 500 and above", ""),
  SLOWER("p99 after, beyond that before", "ms"),
  OVER_LIMIT("most that a limit let pass in a second, of the limit", "%"),
  OTHERS_FAILED("failed calls of routes that do not need it", ""),
  OTHERS_SLOWER("p99 of routes that do not need it, of that before", "%"),
  UNEVEN("deviation of a node's share from its weight", "%");

  private final String text;
  private final String unit;

  Measure(String text, String unit) {
    this.text = text;
    this.unit = unit;
  }

  String text() {
    return text;
  }

  String show(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value); // rounded, it would look like a number
    }
    return Math.round(value) + (unit.isEmpty() ? "" : " " + unit);
  }
}
