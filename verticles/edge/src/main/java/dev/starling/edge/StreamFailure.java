package dev.starling.edge;

/**
 * Why a stream ended before it was complete, as its client is told.
 *
 * @param problem for the body of a response
 * @param closeCode for a WebSocket (RFC 6455 §7.4.1 and its registry)
 */
record StreamFailure(Problem problem, short closeCode) {
  /** The longest reason that a close frame can hold, in bytes. */
  private static final int MAX_REASON = 123;

  /** The problem in a line of ASCII. */
  String closeReason() {
    String text = HeaderText.quotable(problem.title() + ": " + problem.detail());
    return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON);
  }
}
