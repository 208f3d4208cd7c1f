package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.contract.users.UsersContract.UserChanged;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets a user who was deleted. Confined to its context.
 *
 * <p>Every instance of every node hears of it. The first of a node voids the tokens at once, and
 * the first in the database removes the rest. When the event is lost, refreshing finds that the
 * user is gone.
 */
final class UserRemoval {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(UserRemoval.class);

  private final Shared shared;
  private final Revocations revocations;

  UserRemoval(Shared shared, Revocations revocations) {
    this.shared = shared;
    this.revocations = revocations;
  }

  void changed(UserChanged change) {
    if (!change.deleted()) {
      return;
    }
    TokensRevoked revocation = revocations.ofSubject(change.userId());
    if (!shared.revocationList().add(revocation)) {
      // Another instance of this node, or the first node, is at it.
      return;
    }
    shared
        .credentials()
        .remove(UUID.fromString(change.userId()), revocation, Background.call(LIMIT))
        .onSuccess(
            first -> {
              if (first) {
                revocations.announce(revocation);
              }
            })
        .onFailure(failure -> log.warn("The credential of a deleted user is left behind", failure));
  }
}
