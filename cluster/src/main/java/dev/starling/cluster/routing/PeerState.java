package dev.starling.cluster.routing;

/**
 * What a node makes of a peer. One machine per peer decides alone who may get calls.
 *
 * <pre>
 *              canary answered        silent, time-outs in a row, link closed
 *   JOINING ------------------> SERVING ----------------------------------> SUSPECT
 *      ^                         |    ^                                      |
 *      | heard again             |    +-------- heard, canaries answered ----+
 *      |                         v
 *    GONE <---- link refused, or left the view --- any state
 *                             DRAINING <---- says so itself ---- any state
 * </pre>
 *
 * <p>Suspicion moves traffic and nothing else: it costs little and is taken back. Only the link and
 * the cluster's view declare a peer gone, because that fails calls.
 */
public enum PeerState {
  /** Heard, but it has not proved yet that calls reach it. */
  JOINING,
  /** It gets calls. */
  SERVING,
  /** It is silent or does not answer: it gets calls only if there is nobody else. */
  SUSPECT,
  /** It is leaving: it finishes what it has. */
  DRAINING,
  /** Its process has ended or the cluster has dropped it; what it had in flight is lost. */
  GONE
}
