package dev.starling.imagefeatures.picture;

import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeatures.Reason;

/** A picture is not read; the message is for its sender and names what was expected. */
public final class RefusedPicture extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public RefusedPicture(Reason reason, String message) {
    // It is an answer, not a bug: nobody looks at its stack.
    super(message, null, false, false);
    this.reason = reason;
  }

  static RefusedPicture damaged(String message) {
    return new RefusedPicture(Reason.DAMAGED, message);
  }

  static RefusedPicture unsupported(String message) {
    return new RefusedPicture(Reason.UNSUPPORTED, message);
  }

  static RefusedPicture unfoldsTooFar(String message) {
    return new RefusedPicture(Reason.UNFOLDS_TOO_FAR, message);
  }

  /** The same as a reply. */
  public ImageRefused toReply() {
    return new ImageRefused(reason, String.valueOf(getMessage()));
  }

  public Reason reason() {
    return reason;
  }
}
