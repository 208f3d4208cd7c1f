package dev.starling.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.UUID;

/**
 * Makes access tokens (RFC 9068, RS256).
 *
 * <p>Thread-safe. A signature takes about a millisecond, so not for an event loop.
 */
final class TokenIssuer {
  private final String issuer;
  private final String audience;
  private final Duration lifetime;
  private final SigningKeys keys;
  private final InstantSource clock;

  TokenIssuer(AuthConfig config, SigningKeys keys, InstantSource clock) {
    this.issuer = config.issuer();
    this.audience = config.audience();
    this.lifetime = config.accessTokenLifetime();
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * A new token.
   *
   * @param id its {@code jti}
   */
  record Issued(String text, String id, Instant expiresAt) {
    /** Without the token. */
    @Override
    public String toString() {
      return "Issued[" + id + " until " + expiresAt + "]";
    }
  }

  Issued issue(UUID subject, Collection<String> scopes) {
    SigningKey key = keys.signer();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant expiresAt = now.plus(lifetime);
    String id = UUID.randomUUID().toString();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(audience)
            .subject(subject.toString())
            .jwtID(id)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expiresAt))
            // Written when empty too: a token without it would get the default scopes.
            .claim("scope", Scopes.format(scopes))
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(key.id())
                .build(),
            claims);
    try {
      token.sign(new RSASSASigner(key.privateKey()));
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign with key " + key.id(), e);
    }
    return new Issued(token.serialize(), id, expiresAt);
  }
}
