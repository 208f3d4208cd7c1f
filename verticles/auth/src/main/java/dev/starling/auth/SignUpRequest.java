package dev.starling.auth;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** The body of a sign-up. */
record SignUpRequest(
    @NotNull @Email @Size(max = 254) String email,
    @NotNull @Size(min = 8, max = 128) String password,
    @NotBlank @Size(max = 80) String name) {

  /** Without the password. */
  @Override
  public String toString() {
    return "SignUpRequest[" + name + "]";
  }
}
