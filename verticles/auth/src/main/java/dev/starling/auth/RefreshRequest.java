package dev.starling.auth;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The body of a refresh (RFC 6749, 6).
 *
 * @param grantType may be left out, since the path says it
 */
record RefreshRequest(
    @Nullable @Pattern(regexp = "refresh_token") String grantType,
    @NotBlank @Size(max = 512) String refreshToken) {

  /** Without the token. */
  @Override
  public String toString() {
    return "RefreshRequest[]";
  }
}
