package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.Reason;
import java.util.function.Supplier;

/**
 * Answers whether a token is good now: known tokens from memory, floods not at all, the rest by
 * verifying.
 *
 * <p>Not thread-safe, as its verifier; what it shares with other instances is.
 */
final class TokenCheck {
  private final TokenVerifier verifier;
  private final Supplier<VerificationKeys> keySource;
  private final VerdictCache cache;
  private final BadTokenLimit limit;
  private final RevocationList revocations;

  TokenCheck(
      TokenVerifier verifier,
      Supplier<VerificationKeys> keySource,
      VerdictCache cache,
      BadTokenLimit limit,
      RevocationList revocations) {
    this.verifier = verifier;
    this.keySource = keySource;
    this.cache = cache;
    this.limit = limit;
    this.revocations = revocations;
  }

  TokenVerdict check(String token, String clientAddress, long nowMillis) {
    long nowSeconds = Math.floorDiv(nowMillis, 1000L);
    VerificationKeys keys = keySource.get();
    // Before the limit: who shares an address with a sender of bad tokens keeps its good ones.
    TokenVerdict known = cache.find(token, keys);
    if (known != null) {
      return judge(known, nowSeconds);
    }
    int retryAfter = limit.retryAfterSeconds(clientAddress, nowMillis);
    if (retryAfter > 0) {
      return Rejections.flood(retryAfter);
    }
    TokenVerdict verdict = verifier.verify(token, nowSeconds);
    if (isSigned(verdict)) {
      cache.put(token, keys, verdict);
    } else {
      limit.count(clientAddress, nowMillis);
    }
    return judge(verdict, nowSeconds);
  }

  /** Good, or good once: a client whose token ran out is no attacker, and it stays expired. */
  private static boolean isSigned(TokenVerdict verdict) {
    return verdict instanceof TokenVerdict.Good
        || ((TokenVerdict.Bad) verdict).answer().reason() == Reason.EXPIRED;
  }

  private TokenVerdict judge(TokenVerdict verdict, long nowSeconds) {
    if (!(verdict instanceof TokenVerdict.Good good)) {
      return verdict;
    }
    if (nowSeconds >= good.token().expiresAtSeconds()) {
      return Rejections.EXPIRED;
    }
    return revocations.isRevoked(good.token()) ? Rejections.REVOKED : good;
  }
}
