package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.Verified;

/**
 * A token whose signature and claims were verified. Immutable.
 *
 * @param id its {@code jti}
 * @param issuedAtSeconds its {@code iat}, seconds since the epoch
 * @param verified the answer to whoever asked about it
 */
record AccessToken(String id, long issuedAtSeconds, Verified verified) {

  String subject() {
    return verified.principal().subject();
  }

  long expiresAtSeconds() {
    return verified.expiresAtSeconds();
  }
}
