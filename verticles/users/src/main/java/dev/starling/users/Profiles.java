package dev.starling.users;

import dev.starling.bus.Bus;
import dev.starling.bus.Principal;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers clients: reads and changes profiles. Confined to the context of its instance.
 *
 * <p>A user may touch its own profile and an administrator every one; anybody else is refused
 * before anything is looked up, so that a refusal says nothing about who exists.
 */
final class Profiles {
  private static final String EMAIL_CONSTRAINT = "users_email_key";

  private final UserStore store;
  private final ProfileCache cache;
  private final Bus bus;
  private final Context context;

  Profiles(UserStore store, ProfileCache cache, Bus bus, Context context) {
    this.store = store;
    this.cache = cache;
    this.bus = bus;
    this.context = context;
  }

  Future<Reply<UserView>> me(Call call) {
    Principal principal = call.principal();
    return principal.isAnonymous() ? unauthenticated() : show(call, principal.subject());
  }

  Future<Reply<UserView>> get(Call call) {
    String id = call.path(UserPath.class).id();
    Reply<UserView> refused = refusedTo(call.principal(), id);
    return refused != null ? Future.succeededFuture(refused) : show(call, id);
  }

  Future<Reply<UserPage>> list(Call call) {
    if (!call.principal().isAdmin()) {
      return call.principal().isAnonymous() ? unauthenticated() : forbidden();
    }
    UserQuery query = call.query(UserQuery.class);
    PageCursor after = query.cursor() == null ? PageCursor.START : PageCursor.parse(query.cursor());
    if (after == null) {
      return Future.succeededFuture(
          Reply.invalid(
              new Violation("/query/cursor", "must be a next_cursor that this list gave")));
    }
    int limit = query.limit();
    return store
        .page(after, limit + 1, call.context())
        .map(found -> Reply.ok(UserPage.of(found, limit)))
        .recover(SqlAnswers::refusal);
  }

  Future<Reply<UserView>> patch(Call call, ProfileChange change) {
    return write(call, versions -> patch(call, idOf(call), change, versions));
  }

  Future<Reply<Void>> delete(Call call) {
    return write(call, versions -> delete(call, idOf(call), versions));
  }

  private Future<Reply<UserView>> show(Call call, String id) {
    CachedUser cached = cache.cached(id);
    if (cached != null) {
      return Future.succeededFuture(answer(call, cached));
    }
    UUID uuid = Uuids.parse(id);
    if (uuid == null) {
      // A principal that is no user, e.g. a service.
      return Future.succeededFuture(absent());
    }
    return cache
        .load(uuid, call.context(), context)
        .map(user -> user == null ? Profiles.<UserView>absent() : answer(call, user))
        .recover(SqlAnswers::refusal);
  }

  private static Reply<UserView> answer(Call call, CachedUser user) {
    String known = call.header("if-none-match");
    if (known == null) {
      return user.reply();
    }
    if (known.equals(user.etag())) {
      return user.notModified();
    }
    EntityTags tags = EntityTags.parse(known);
    return tags != null && tags.matchesWeakly(user.etag()) ? user.notModified() : user.reply();
  }

  private <T> Future<Reply<T>> write(
      Call call, Function<long @Nullable [], Future<Reply<T>>> action) {
    Reply<T> refused = refusedTo(call.principal(), call.path(UserPath.class).id());
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    String condition = call.header("if-match");
    EntityTags tags = condition == null ? null : EntityTags.parse(condition);
    if (condition != null && tags == null) {
      return Future.succeededFuture(
          Reply.invalid(
              new Violation("/header/if-match", "must be * or entity tags such as \"v7\"")));
    }
    return action
        .apply(tags == null ? null : tags.versions())
        .onFailure(failure -> afterFailure(idOf(call), failure))
        .recover(SqlAnswers::refusal);
  }

  private Future<Reply<UserView>> patch(
      Call call, UUID id, ProfileChange change, long @Nullable [] versions) {
    if (change.isEmpty()) {
      return Future.succeededFuture(
          Reply.invalid(new Violation("", "must have at least one of: name, email")));
    }
    String written = change.email();
    EmailAddress email = written == null ? null : EmailAddress.parse(written);
    if (written != null && email == null) {
      return Future.succeededFuture(
          Reply.invalid(new Violation("/email", EmailAddress.EXPECTATION)));
    }
    return store
        .update(id, change.name(), email, versions, call.context())
        .compose(
            changed -> {
              if (changed == null) {
                return unchanged(call, id, versions);
              }
              committed(new UserChanged(id.toString(), changed.version(), false));
              return Future.succeededFuture(CachedUser.of(changed).reply());
            })
        .recover(
            failure ->
                SqlAnswers.violates(failure, EMAIL_CONSTRAINT)
                    ? Future.succeededFuture(emailTaken())
                    : Future.failedFuture(failure));
  }

  private Future<Reply<Void>> delete(Call call, UUID id, long @Nullable [] versions) {
    return store
        .delete(id, versions, call.context())
        .compose(
            version -> {
              if (version == null) {
                return unchanged(call, id, versions);
              }
              committed(new UserChanged(id.toString(), version + 1, true));
              return Future.succeededFuture(Reply.noContent());
            });
  }

  /** Why a write found no row: there is none, or it has another version. */
  private <T> Future<Reply<T>> unchanged(Call call, UUID id, long @Nullable [] versions) {
    if (versions == null) {
      return Future.succeededFuture(absent());
    }
    return store
        .byId(id, call.context())
        .map(
            stored ->
                stored == null
                    ? Profiles.<T>absent()
                    : Reply.<T>refused(
                            Refusal.PRECONDITION_FAILED, "the user was changed in the meantime")
                        .header("etag", Reply.etag(stored.version())));
  }

  private void committed(UserChanged change) {
    cache.changed(change);
    bus.publish(UsersContract.CHANGED, change);
  }

  private void afterFailure(UUID id, Throwable failure) {
    if (SqlAnswers.isUnknown(failure)) {
      cache.uncertain(id);
    }
  }

  private static <T> @Nullable Reply<T> refusedTo(Principal principal, String id) {
    if (principal.isAnonymous()) {
      return Reply.refused(Refusal.UNAUTHENTICATED, "sign in first");
    }
    return principal.subject().equals(id) || principal.isAdmin()
        ? null
        : Reply.refused(Refusal.FORBIDDEN, "only the user and administrators may do this");
  }

  private static <T> Future<Reply<T>> unauthenticated() {
    return Future.succeededFuture(Reply.refused(Refusal.UNAUTHENTICATED, "sign in first"));
  }

  private static <T> Future<Reply<T>> forbidden() {
    return Future.succeededFuture(
        Reply.refused(Refusal.FORBIDDEN, "only administrators may do this"));
  }

  private static <T> Reply<T> absent() {
    return Reply.refused(Refusal.ABSENT, "there is no such user");
  }

  private static <T> Reply<T> emailTaken() {
    return Reply.refused(Refusal.CONFLICT, "email-taken", "another user has this e-mail address");
  }

  private static UUID idOf(Call call) {
    return UUID.fromString(call.path(UserPath.class).id());
  }
}
