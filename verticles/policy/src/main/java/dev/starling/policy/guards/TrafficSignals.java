package dev.starling.policy.guards;

/**
 * What clients ask of this node, as whoever serves them counts it.
 *
 * <p>Threading: one thread calls, while others count.
 */
public interface TrafficSignals {
  /** Nobody serves clients here. */
  TrafficSignals NONE =
      new TrafficSignals() {
        @Override
        public void turn(long nowNanos) {
          // nothing is counted
        }

        @Override
        public double requestsPerSecond(String operation) {
          return 0;
        }

        @Override
        public double inFlight(String operation) {
          return 0;
        }

        @Override
        public double latencyP50Millis(String operation) {
          return 0;
        }

        @Override
        public double errorPercent(String operation) {
          return 0;
        }
      };

  /**
   * Ends the period that is being counted and begins another one; once a second. The figures below
   * are of the one that has ended.
   */
  void turn(long nowNanos);

  /**
   * Requests that arrived, refused ones included.
   *
   * @param operation whose; empty for all together, as below
   */
  double requestsPerSecond(String operation);

  /** Requests that are begun and not answered, now. */
  double inFlight(String operation);

  /** The median of what was answered; 0 when nothing was. */
  double latencyP50Millis(String operation);

  /** Answers of 500 and above among all, without what policy refused; 0 when there was none. */
  double errorPercent(String operation);
}
