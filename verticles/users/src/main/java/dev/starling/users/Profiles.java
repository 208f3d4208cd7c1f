package dev.starling.users;

import dev.starling.bus.Bus;
import dev.starling.bus.Principal;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.postgres.SqlReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.Reply;
import dev.starling.sdk.UserPath;
import dev.starling.sdk.Uuids;
import dev.starling.users.ProfileWrites.Outcome;
import dev.starling.users.ProfileWrites.Outcome.Changed;
import dev.starling.users.ProfileWrites.Outcome.Deleted;
import dev.starling.users.ProfileWrites.Outcome.Taken;
import dev.starling.users.ProfileWrites.Outcome.Unmatched;
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
  private final ProfileWrites writes;
  private final UserList list;
  private final ProfileCache cache;
  private final Bus bus;
  private final Context context;

  Profiles(ProfileWrites writes, UserList list, ProfileCache cache, Bus bus, Context context) {
    this.writes = writes;
    this.list = list;
    this.cache = cache;
    this.bus = bus;
    this.context = context;
  }

  Future<Reply<UserView>> me(Call call) {
    Principal principal = call.principal();
    return principal.isAnonymous() ? unauthenticated() : show(call, principal.subject());
  }

  Future<Reply<UserView>> get(Call call) {
    UserPath path = call.path(UserPath.class);
    Reply<UserView> refused = path.refusedTo(call.principal());
    return refused != null ? Future.succeededFuture(refused) : show(call, path.id());
  }

  Future<Reply<UserPage>> list(Call call) {
    if (!call.principal().isAdmin()) {
      return call.principal().isAnonymous() ? unauthenticated() : forbidden();
    }
    PageQuery query = call.query(PageQuery.class);
    Reply<UserPage> refused = query.refused();
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    int limit = query.limit();
    return list.page(query.after(), limit + 1, call.context())
        .map(found -> Reply.ok(UserPage.of(found, limit)))
        .recover(SqlReplies::refusal);
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
        .recover(SqlReplies::refusal);
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
    Reply<T> refused = call.path(UserPath.class).refusedTo(call.principal());
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    String condition = call.header("if-match");
    EntityTags tags = condition == null ? null : EntityTags.parse(condition);
    if (condition != null && tags == null) {
      return invalid("/header/if-match", "must be * or entity tags such as \"v7\"");
    }
    return action
        .apply(tags == null ? null : tags.versions())
        .onFailure(failure -> afterFailure(idOf(call), failure))
        .recover(SqlReplies::refusal);
  }

  private Future<Reply<UserView>> patch(
      Call call, UUID id, ProfileChange change, long @Nullable [] versions) {
    String name = change.name();
    String written = change.email();
    if (written == null) {
      return name == null
          ? invalid("", "must have at least one of: name, email")
          : writes.rename(id, name, versions, call.context()).map(this::answer);
    }
    EmailAddress email = EmailAddress.parse(written);
    return email == null
        ? invalid("/email", EmailAddress.EXPECTATION)
        : writes
            .change(new ProfileWrites.Change(id, name, email, versions), call.context())
            .map(this::answer);
  }

  private Future<Reply<Void>> delete(Call call, UUID id, long @Nullable [] versions) {
    return writes
        .delete(id, versions, call.context())
        .map(
            outcome -> {
              if (outcome instanceof Deleted deleted) {
                committed(new UserChanged(id.toString(), deleted.version(), true));
                return Reply.noContent();
              }
              return refused(outcome);
            });
  }

  private Reply<UserView> answer(Outcome outcome) {
    if (outcome instanceof Changed changed) {
      User user = changed.user();
      committed(new UserChanged(user.id().toString(), user.version(), false));
      return CachedUser.answer(user);
    }
    return refused(outcome);
  }

  private static <T> Reply<T> refused(Outcome outcome) {
    if (outcome instanceof Taken) {
      return Reply.refused(Refusal.CONFLICT, "email-taken", "another user has this e-mail address");
    }
    User stored = outcome instanceof Unmatched unmatched ? unmatched.stored() : null;
    return stored == null
        ? absent()
        : Reply.<T>refused(Refusal.PRECONDITION_FAILED, "the user was changed in the meantime")
            .header("etag", Reply.etag(stored.version()));
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

  private static <T> Future<Reply<T>> unauthenticated() {
    return Future.succeededFuture(Reply.refused(Refusal.UNAUTHENTICATED, "sign in first"));
  }

  private static <T> Future<Reply<T>> forbidden() {
    return Future.succeededFuture(
        Reply.refused(Refusal.FORBIDDEN, "only administrators may do this"));
  }

  private static <T> Future<Reply<T>> invalid(String pointer, String expectation) {
    return Future.succeededFuture(Reply.invalid(new Violation(pointer, expectation)));
  }

  private static <T> Reply<T> absent() {
    return Reply.refused(Refusal.ABSENT, "there is no such user");
  }

  private static UUID idOf(Call call) {
    return call.path(UserPath.class).userId();
  }
}
