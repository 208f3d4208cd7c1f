package dev.starling.risk;

/**
 * The model that is asked does not take these features, or what it gives is no probability. It has
 * no stack trace; the message is for operators.
 */
final class UnfitModel extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnfitModel(String detail) {
    super(detail, null, false, false);
  }
}
