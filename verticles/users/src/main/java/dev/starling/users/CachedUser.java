package dev.starling.users;

import dev.starling.sdk.Json;
import dev.starling.sdk.Reply;

/**
 * A user as a near-cache keeps it: with the answers that clients get, written once. Immutable.
 *
 * @param etag with its quotes
 * @param reply the profile as JSON
 * @param notModified the answer to a client that has this version already
 */
record CachedUser(long version, String etag, Reply<UserView> reply, Reply<UserView> notModified)
    implements NearCache.Versioned {

  static CachedUser of(User user) {
    String etag = Reply.etag(user.version());
    return new CachedUser(
        user.version(),
        etag,
        Reply.<UserView>okJson(Json.toBytes(UserView.of(user))).header("etag", etag),
        Reply.<UserView>notModified().header("etag", etag));
  }
}
