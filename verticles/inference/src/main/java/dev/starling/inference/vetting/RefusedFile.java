package dev.starling.inference.vetting;

/** Leaves the depths of a file that is refused; it never leaves the package. */
final class RefusedFile extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RefusedFile(String reason) {
    super(reason, null, false, false);
  }
}
