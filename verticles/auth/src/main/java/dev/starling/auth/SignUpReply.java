package dev.starling.auth;

import dev.starling.contract.users.UsersContract.Confirmed;

/** The new user. */
record SignUpReply(String id, String email, String name, String createdAt) {
  SignUpReply(Confirmed user) {
    this(user.userId(), user.email(), user.name(), user.createdAt());
  }
}
