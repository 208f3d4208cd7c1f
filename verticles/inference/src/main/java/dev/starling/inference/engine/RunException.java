package dev.starling.inference.engine;

/** A run came to nothing; the message is ONNX Runtime's, or says what was wrong with the result. */
final class RunException extends Exception {
  private static final long serialVersionUID = 1L;

  RunException(String message) {
    super(message, null, false, false);
  }
}
