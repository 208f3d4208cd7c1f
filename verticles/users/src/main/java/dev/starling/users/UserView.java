package dev.starling.users;

import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.UUID;

/** A user as clients see it. */
record UserView(
    @NotNull UUID id, @NotNull String email, @NotNull String name, @NotNull Instant createdAt) {

  static UserView of(User user) {
    return new UserView(user.id(), user.email(), user.name(), user.createdAt());
  }
}
