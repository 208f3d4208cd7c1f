package dev.starling.policy.admission;

/**
 * A request was refused because the node has too much to do; nothing was done.
 *
 * @param rule the name of the rule or guard, e.g. of the class of routes
 * @param threshold the number that was passed: calls, milliseconds, or percent
 * @param observed what was seen instead
 * @param retryAfterSeconds when to come back
 */
public record Shed(
    Guard guard, String rule, double threshold, double observed, int retryAfterSeconds) {

  /** What had run out. */
  public enum Guard {
    /** Memory; percent of the old generation after a collection. */
    HEAP,
    /** The time of event loops; milliseconds that they were late on average. */
    LOOP_LAG,
    /** Calls in flight of a class of routes. */
    CONCURRENCY
  }
}
