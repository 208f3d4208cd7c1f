package dev.starling.policy.admission;

/** How a call that was admitted ended. */
public enum Ending {
  /** It was answered; how long that took says something. */
  ANSWERED,
  /** It took longer than it might. */
  TIMED_OUT,
  /** It was refused further on, cancelled, or is a stream: its time says nothing about load. */
  UNKNOWN
}
