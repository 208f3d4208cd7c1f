package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verification;

/** What came of verifying a token. */
sealed interface TokenVerdict {

  /** The answer to whoever asked. */
  Verification answer();

  record Good(AccessToken token) implements TokenVerdict {
    @Override
    public Verification answer() {
      return token.verified();
    }
  }

  record Bad(Rejected answer) implements TokenVerdict {}
}
