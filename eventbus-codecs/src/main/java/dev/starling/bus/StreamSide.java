package dev.starling.bus;

/** Which of a stream's two ends it is. */
public enum StreamSide {
  /** The end that opened the stream. */
  CALLER,
  /** The end of the service. */
  SERVICE
}
