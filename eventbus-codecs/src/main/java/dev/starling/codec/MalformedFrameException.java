package dev.starling.codec;

/**
 * Bytes that are not a message of the expected shape.
 *
 * <p>It carries no stack trace: it is raised for input, not for a bug, and a flood of bad frames
 * must stay cheap. The message names the value found and what was expected.
 */
public final class MalformedFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedFrameException(String message) {
    super(message, null, false, false);
  }
}
