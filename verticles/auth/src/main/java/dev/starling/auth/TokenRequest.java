package dev.starling.auth;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The body of signing in.
 *
 * @param grantType may be left out, since the path says it
 */
record TokenRequest(
    @Nullable @Pattern(regexp = "password") String grantType,
    @NotBlank @Size(max = 254) String email,
    @NotEmpty @Size(max = 128) String password) {

  /** Without the password. */
  @Override
  public String toString() {
    return "TokenRequest[]";
  }
}
