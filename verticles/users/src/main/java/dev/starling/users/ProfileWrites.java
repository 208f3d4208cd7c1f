package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.users.EmailClaims.Claim;
import dev.starling.users.UserStore.Look;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes and deletes users, in several steps where an address is concerned
 * (docs/adr/0026-one-email-one-user.md).
 *
 * <p>Thread-safe. A future fails with a {@link dev.starling.postgres.SqlException} that says
 * whether the user may have been changed; claims of addresses do not count.
 */
final class ProfileWrites {
  private final UserStore store;
  private final EmailClaims claims;

  ProfileWrites(UserStore store, EmailClaims claims) {
    this.store = store;
    this.claims = claims;
  }

  /** How a write ended. */
  sealed interface Outcome {
    record Changed(User user) implements Outcome {}

    /**
     * @param version one more than that of the user who is gone
     */
    record Deleted(long version) implements Outcome {}

    /** Another user has the address, or is about to. */
    record Taken() implements Outcome {}

    /**
     * Nothing was changed.
     *
     * @param stored what there is, of another version than was asked for; null when there is nobody
     */
    record Unmatched(@Nullable User stored) implements Outcome {}
  }

  /**
   * What somebody asked for.
   *
   * @param name null to keep it
   * @param versions of which the stored one must be; null for any
   */
  record Change(UUID id, @Nullable String name, EmailAddress email, long @Nullable [] versions) {

    boolean applies(User stored) {
      return versions == null || Arrays.stream(versions).anyMatch(v -> v == stored.version());
    }
  }

  /** Changes the name alone, which needs nothing but the user's shard. */
  Future<Outcome> rename(UUID id, String name, long @Nullable [] versions, CallContext call) {
    return store
        .rename(id, name, versions, call)
        .compose(
            changed ->
                changed == null
                    ? unmatched(id, versions, call)
                    : Future.succeededFuture(new Outcome.Changed(changed)));
  }

  /** Changes the address. */
  Future<Outcome> change(Change change, CallContext call) {
    return store.look(change.id, call).compose(look -> change(look, change, call));
  }

  Future<Outcome> delete(UUID id, long @Nullable [] versions, CallContext call) {
    return store
        .delete(id, versions, call)
        .compose(
            version ->
                version == null
                    ? unmatched(id, versions, call)
                    : claims.forget(id, call).map(done -> new Outcome.Deleted(version + 1)));
  }

  private Future<Outcome> change(Look look, Change change, CallContext call) {
    User seen = look.user();
    if (seen == null || !change.applies(seen)) {
      return Future.succeededFuture(new Outcome.Unmatched(seen));
    }
    if (look.emailKey().equals(change.email.key())) {
      // The same address, if written in another way: there is nothing to claim.
      return replace(look, seen, change, call)
          .compose(
              changed ->
                  changed == null
                      ? change(change, call)
                      : Future.succeededFuture(new Outcome.Changed(changed)));
    }
    return claims
        .claim(change.email.key(), change.id, call)
        .compose(
            claim ->
                claim == null
                    ? Future.succeededFuture(new Outcome.Taken())
                    : use(claim, look, seen, change, call));
  }

  private Future<Outcome> use(Claim claim, Look look, User seen, Change change, CallContext call) {
    return replace(look, seen, change, call)
        .compose(
            changed ->
                changed == null
                    // Somebody changed the user meanwhile, so it is decided anew.
                    ? claims.undo(claim, call).compose(undone -> change(change, call))
                    : claims
                        .letGo(look.emailKey(), claim, call)
                        .map(done -> new Outcome.Changed(changed)),
            failure -> giveUp(claim, failure, call));
  }

  private Future<@Nullable User> replace(Look look, User seen, Change change, CallContext call) {
    return store.replace(seen, look.writableUntil(), change.name, change.email, call);
  }

  private Future<Outcome> giveUp(Claim claim, Throwable failure, CallContext call) {
    return SqlAnswers.isUnknown(failure)
        // The address may be the user's by now.
        ? Future.failedFuture(failure)
        : claims.undo(claim, call).compose(undone -> Future.failedFuture(failure));
  }

  /** Why a write found no row: there is none, or it has another version. */
  private Future<Outcome> unmatched(UUID id, long @Nullable [] versions, CallContext call) {
    return versions == null
        ? Future.succeededFuture(new Outcome.Unmatched(null))
        : store.byId(id, call).map(Outcome.Unmatched::new);
  }
}
