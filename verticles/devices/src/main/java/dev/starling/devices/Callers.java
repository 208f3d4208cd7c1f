package dev.starling.devices;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.SqlReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;

/** What all operations have in common: they are about what belongs to the caller. Without state. */
final class Callers {
  private Callers() {}

  /** Answers as the user who calls; others than users have no devices. */
  static <T> Future<Reply<T>> asUser(Call call, Function<UUID, Future<Reply<T>>> work) {
    UUID user = Uuids.parse(call.principal().subject());
    return user == null
        ? Future.succeededFuture(Reply.refused(Refusal.FORBIDDEN, "only users have devices"))
        : work.apply(user).recover(SqlReplies::refusal);
  }

  static Duration remaining(Call call) {
    return call.context().remaining(System.nanoTime());
  }

  static <T> Reply<T> noDevice() {
    return Reply.refused(Refusal.ABSENT, "no-such-device", "there is no such device of yours");
  }
}
