package dev.starling.auth;

import dev.starling.auth.Registrar.NewUser;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns what clients ask into calls of the cores, and outcomes into replies. */
final class AuthOperations {
  /** Less than a key is published before it signs. */
  private static final String KEYS_CACHE = "public, max-age=300";

  private static final byte[] NOTHING = {};

  private final Shared shared;
  private final Registrar registrar;
  private final SignIn signIn;
  private final Sessions sessions;
  private final Revocations revocations;
  private final TokenCheck check;

  AuthOperations(
      Shared shared, Registrar registrar, Users users, Revocations revocations, TokenCheck check) {
    this.shared = shared;
    this.registrar = registrar;
    this.signIn = new SignIn(shared, users);
    this.sessions = new Sessions(shared, users, revocations);
    this.revocations = revocations;
    this.check = check;
  }

  Future<Reply<SignUpReply>> signUp(Call call, SignUpRequest body) {
    NewUser user =
        new NewUser(
            UUID.randomUUID(),
            body.email(),
            body.name(),
            body.password(),
            shared.config().defaultScopes());
    return registrar
        .register(user, call.context())
        .map(AuthOperations::signedUp)
        .recover(Refusals::of);
  }

  Future<Reply<TokenReply>> token(Call call, TokenRequest body) {
    return signIn
        .signIn(body.email(), body.password(), call.context())
        .map(tokens -> granted(tokens, "the e-mail address or the password is wrong"))
        .recover(Refusals::of);
  }

  Future<Reply<TokenReply>> refresh(Call call, RefreshRequest body) {
    return sessions
        .refresh(body.refreshToken(), call.context())
        .map(tokens -> granted(tokens, "the refresh token is not good"))
        .recover(Refusals::of);
  }

  /** Done also for a token that is not known or not good any more (RFC 7009, 2.2). */
  Future<Reply<Void>> revoke(Call call, RevokeRequest body) {
    if (body.token().indexOf('.') < 0) {
      return sessions
          .end(body.token(), call.context())
          .map(ended -> Reply.<Void>okJson(NOTHING))
          .recover(Refusals::of);
    }
    TokenVerdict verdict = check.check(body.token(), call.clientAddress(), shared.clock().millis());
    if (verdict instanceof TokenVerdict.Good good) {
      return revocations
          .revoke(good.token(), call.context())
          .map(revoked -> Reply.<Void>okJson(NOTHING))
          .recover(Refusals::of);
    }
    Rejected rejected = ((TokenVerdict.Bad) verdict).answer();
    return Future.succeededFuture(
        rejected.reason() == Reason.FLOOD
            ? Reply.<Void>refused(Refusal.LIMITED, rejected.detail())
                .header("retry-after", Integer.toString(rejected.retryAfterSeconds()))
            : Reply.okJson(NOTHING));
  }

  Future<Reply<KeySet>> keys() {
    return Future.succeededFuture(
        Reply.<KeySet>okJson(shared.keys().jwks()).header("cache-control", KEYS_CACHE));
  }

  private static Reply<SignUpReply> signedUp(Confirmation confirmation) {
    return confirmation instanceof Confirmed user
        ? Reply.created(new SignUpReply(user), "/v1/users/" + user.userId())
        : Reply.refused(Refusal.CONFLICT, "email-taken", "another user has this e-mail address");
  }

  private Reply<TokenReply> granted(@Nullable TokenPair tokens, String otherwise) {
    if (tokens == null) {
      return Reply.refused(Refusal.UNAUTHENTICATED, "invalid_grant", otherwise);
    }
    return Reply.ok(
            new TokenReply(
                tokens.access().text(),
                "Bearer",
                shared.config().accessTokenLifetime().toSeconds(),
                tokens.refresh().text()))
        .header("cache-control", "no-store");
  }
}
