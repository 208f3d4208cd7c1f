package dev.starling.auth;

import java.security.interfaces.RSAPublicKey;
import javax.crypto.SecretKey;

/** A key and the only algorithm that it verifies (RFC 8725, 3.1). Immutable. */
sealed interface VerificationKey {
  String RS256 = "RS256";
  String HS256 = "HS256";

  /** The {@code alg} of every token that this key verifies. */
  String algorithm();

  /** Verifies what this cluster signed itself. */
  record Rsa(RSAPublicKey key) implements VerificationKey {
    @Override
    public String algorithm() {
      return RS256;
    }
  }

  /** Verifies what holders of the configured secret signed. */
  record Hmac(SecretKey key) implements VerificationKey {
    @Override
    public String algorithm() {
      return HS256;
    }
  }
}
