package dev.starling.bus;

/** How much a call matters when not all of them can be served; the order is from first to last. */
public enum Priority {
  /** Operators and health: admitted as long as the node can answer at all. */
  OPERATIONS,
  /** Writes that a person waits for. */
  CRITICAL,
  /** Reads that a person waits for. */
  NORMAL,
  /** Batches and everything that can be repeated later. */
  SHEDDABLE
}
