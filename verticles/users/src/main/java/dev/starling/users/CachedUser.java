package dev.starling.users;

import dev.starling.sdk.Json;
import dev.starling.sdk.Reply;

/**
 * A user as a near-cache keeps it: with the answers that clients get, written once. Immutable.
 *
 * @param origin where and when it was read
 * @param etag with its quotes
 * @param reply the profile as JSON
 * @param notModified the answer to a client that has this version already
 */
record CachedUser(
    long version, Origin origin, String etag, Reply<UserView> reply, Reply<UserView> notModified)
    implements NearCache.Versioned {

  /**
   * What tells whether a profile may still be believed.
   *
   * @param feed of the database that was read
   * @param generation of the feed before the profile was read
   * @param epoch of the shard's place before it was read
   */
  record Origin(ChangeFeed feed, long generation, int shard, long epoch) {}

  static CachedUser of(User user, Origin origin) {
    String etag = Reply.etag(user.version());
    return new CachedUser(
        user.version(),
        origin,
        etag,
        answer(user),
        Reply.<UserView>notModified().header("etag", etag));
  }

  /** The answer that shows a user. */
  static Reply<UserView> answer(User user) {
    return Reply.<UserView>okJson(Json.toBytes(UserView.of(user)))
        .header("etag", Reply.etag(user.version()));
  }
}
