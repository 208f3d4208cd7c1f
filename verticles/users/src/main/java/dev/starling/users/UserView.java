package dev.starling.users;

import java.time.Instant;
import java.util.UUID;

/** A user as clients see it. */
record UserView(UUID id, String email, String name, Instant createdAt) {

  static UserView of(User user) {
    return new UserView(user.id(), user.email(), user.name(), user.createdAt());
  }
}
