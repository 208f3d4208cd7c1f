package dev.starling.redis;

/** A command that has no answer. Without a stack trace: under load there are many of them. */
public final class RedisException extends RuntimeException {
  private final Reason reason;

  /** Why there is no answer, and with it whether the command may have been executed. */
  public enum Reason {
    /** There is no connection, or a guard lets nothing through; nothing was sent. */
    AWAY,
    /** Too many commands wait already; nothing was sent. */
    BUSY,
    /** No answer came in time; the command may have been executed. */
    TIMEOUT,
    /** The connection was lost while the command waited; it may have been executed. */
    LOST,
    /** Redis refused the command, or a script failed. */
    REFUSED
  }

  RedisException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
