package dev.starling.auth;

import java.util.List;

/** The public signing keys, for the documentation (RFC 7517). */
record KeySet(List<Key> keys) {

  /**
   * @param kty {@code RSA}
   * @param use {@code sig}
   * @param alg {@code RS256}
   * @param n the modulus, base64url
   * @param e the exponent, base64url
   */
  record Key(String kty, String use, String alg, String kid, String n, String e) {}
}
