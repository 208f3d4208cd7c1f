package dev.starling.bus;

/**
 * A failed call. It has no stack trace: the failure happened elsewhere, and {@link #code()} is what
 * callers act on. The message is for people and holds no secret.
 */
public final class BusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public BusException(ErrorCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  @Override
  public String toString() {
    return code + ": " + getMessage();
  }
}
