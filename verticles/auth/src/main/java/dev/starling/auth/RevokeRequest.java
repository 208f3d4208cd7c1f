package dev.starling.auth;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The body of a revocation (RFC 7009, 2.1).
 *
 * @param tokenTypeHint taken and ignored: the two kinds look different
 */
record RevokeRequest(
    @NotBlank @Size(max = TokenVerifier.MAX_LENGTH) String token,
    @Nullable @Size(max = 64) String tokenTypeHint) {

  /** Without the token. */
  @Override
  public String toString() {
    return "RevokeRequest[]";
  }
}
