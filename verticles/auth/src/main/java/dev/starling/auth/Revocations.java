package dev.starling.auth;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import io.vertx.core.Future;
import java.time.Instant;

/** Voids access tokens everywhere. Confined to the context of its bus. */
final class Revocations {
  private final Shared shared;
  private final Bus bus;

  Revocations(Shared shared, Bus bus) {
    this.shared = shared;
    this.bus = bus;
  }

  /** Voids one token; done when it is committed. */
  Future<Void> revoke(AccessToken token, CallContext call) {
    TokensRevoked revoked = new TokensRevoked(token.id(), "", 0, token.expiresAtSeconds());
    return shared
        .revocationStore()
        .insert(revoked, Sql.remaining(call))
        .onSuccess(stored -> announce(revoked));
  }

  /**
   * All tokens of a subject that were issued until now, to be stored by the caller. Tokens tell the
   * time in seconds, so those of the rest of this second are void too.
   */
  TokensRevoked ofSubject(String subject) {
    Instant now = shared.clock().instant();
    return new TokensRevoked(
        "",
        subject,
        now.getEpochSecond(),
        now.plus(shared.config().maxAcceptedLifetime()).getEpochSecond());
  }

  /** Tells this node and the others of what has been committed. */
  void announce(TokensRevoked revoked) {
    shared.revocationList().add(revoked);
    bus.publish(AuthContract.REVOKED, revoked);
  }
}
