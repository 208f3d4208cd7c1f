package dev.starling.bus;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the monotonic clocks of other nodes are from this node's, learnt from heartbeats.
 *
 * <p>A heartbeat that says when it was sent and arrives now bounds the difference of the clocks
 * plus the time on the way; the smallest bound of many is the difference plus the shortest way.
 * With it, a frame that lay in a socket buffer while this process was frozen is known to be old,
 * although the clocks of two nodes are never compared directly.
 *
 * <p>Thread-safe. Clocks drift apart by some parts in a million, so each bound is forgotten after
 * two windows of observations.
 */
final class ClockOffsets {
  /** A minute of heartbeats: a drift of 50 ppm moves the clocks by 3 ms in that time. */
  private static final int WINDOW = 600;

  private record Bound(long previousMicros, long currentMicros, int observations) {
    long micros() {
      return Math.min(previousMicros, currentMicros);
    }

    Bound observe(long micros) {
      return observations < WINDOW
          ? new Bound(previousMicros, Math.min(currentMicros, micros), observations + 1)
          : new Bound(currentMicros, micros, 1);
    }
  }

  private final Map<String, Bound> byNode = new ConcurrentHashMap<>();

  void observe(String nodeId, long sentAtMicros, long nowMicros) {
    long micros = nowMicros - sentAtMicros;
    byNode.merge(
        nodeId, new Bound(Long.MAX_VALUE, micros, 1), (bound, first) -> bound.observe(micros));
  }

  void forget(String nodeId) {
    byNode.remove(nodeId);
  }

  /**
   * How long a frame was on its way beyond the shortest way, zero when nothing is known of the
   * sender.
   */
  long delayMicros(String nodeId, long sentAtMicros, long nowMicros) {
    Bound bound = byNode.get(nodeId);
    return bound == null ? 0 : Math.max(0, nowMicros - sentAtMicros - bound.micros());
  }
}
