package dev.starling.sdk;

/** A {@link CallGuard} did not let a call through: nothing was sent. It has no stack trace. */
public class CallRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CallRefused(String message) {
    super(message, null, false, false);
  }
}
