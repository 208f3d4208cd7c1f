package dev.starling.bus;

/**
 * What keeps clients from noticing that a node died, froze or leaves. All are on, always; a chaos
 * test turns one off to show that it would notice its absence.
 */
public enum Safeguard {
  /** Calls of a node that is suspect or lost are sent again elsewhere. */
  RETRIES,
  /** A call that is out for unusually long is sent to a second node as well. */
  HEDGES,
  /**
   * A request knows how long it lay in a socket's buffer, and is dropped when that was too long.
   */
  FRAME_AGE,
  /** A peer that is silent or answers nothing gets no calls. */
  SUSPICION,
  /** An idle connection to each peer tells of its process's end. */
  LINKS,
  /** A node that stops says so first and finishes what it has. */
  DRAINING
}
