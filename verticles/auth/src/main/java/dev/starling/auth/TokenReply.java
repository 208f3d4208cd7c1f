package dev.starling.auth;

/**
 * An access token and what comes with it (RFC 6749, 5.1).
 *
 * @param expiresIn seconds
 */
record TokenReply(String accessToken, String tokenType, long expiresIn, String refreshToken) {

  /** Without the tokens. */
  @Override
  public String toString() {
    return "TokenReply[" + expiresIn + " s]";
  }
}
