package dev.starling.cluster.membership;

import org.jspecify.annotations.Nullable;

/**
 * Why this node could not become a member; the message is one line for the operator and shows the
 * value found and the one expected. Trying again makes sense only after something outside changed.
 */
public final class MembershipException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MembershipException(String message) {
    this(message, null);
  }

  MembershipException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
