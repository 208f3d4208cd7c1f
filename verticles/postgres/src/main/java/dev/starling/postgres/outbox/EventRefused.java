package dev.starling.postgres.outbox;

/**
 * Says of an event that its effect can never be had, so that it is not tried again but becomes a
 * dead letter. It has no stack trace; the message is for operators.
 */
public final class EventRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EventRefused(String reason) {
    super(reason, null, false, false);
  }
}
