package dev.starling.vectors;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Delete;
import dev.starling.contract.vectors.VectorsContract.Done;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.contract.vectors.VectorsContract.Refused;
import dev.starling.contract.vectors.VectorsContract.Reply;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.sdk.Uuids;
import dev.starling.vectors.index.Filter;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Function;

/**
 * What other services ask for, over the bus, in the name of an owner that they name.
 *
 * <p>Confined to an instance's context.
 */
final class ServiceOperations {
  private final Vectors vectors;

  ServiceOperations(Vectors vectors) {
    this.vectors = vectors;
  }

  Future<Reply> create(Create request, CallContext call) {
    return inNameOf(
        request.owner(),
        owner ->
            answer(
                vectors.create(
                    new Collection(
                        UUID.randomUUID(),
                        owner,
                        request.collection(),
                        request.dimension(),
                        request.metric()),
                    call),
                created -> new Done()));
  }

  Future<Reply> upsert(Upsert request, CallContext call) {
    return inNameOf(
        request.owner(),
        owner ->
            answer(
                vectors.upsert(owner, request.collection(), request.points(), call),
                stored -> new Done()));
  }

  Future<Reply> delete(Delete request, CallContext call) {
    return inNameOf(
        request.owner(),
        owner ->
            answer(
                vectors.delete(owner, request.collection(), request.ids(), call),
                deleted -> new Done()));
  }

  Future<Reply> search(Search request, CallContext call) {
    return inNameOf(
        request.owner(),
        owner ->
            answer(
                vectors.search(
                    owner,
                    request.collection(),
                    request.content(),
                    request.k(),
                    Filter.parse(request.filter()),
                    false,
                    call),
                matches -> matches));
  }

  private static Future<Reply> inNameOf(String owner, Function<UUID, Future<Reply>> work) {
    UUID id = Uuids.parse(owner);
    return id == null
        ? Future.succeededFuture(
            new Refused(Reason.INVALID, "owner: " + owner + " (expected: a UUID)"))
        : work.apply(id);
  }

  private static <T> Future<Reply> answer(Future<Result<T>> outcome, Function<T, Reply> done) {
    return outcome.compose(
        result ->
            result instanceof Result.Refused<T> refused
                ? refused(refused)
                : Future.succeededFuture(done.apply(((Result.Done<T>) result).value())));
  }

  private static Future<Reply> refused(Result.Refused<?> refused) {
    if (refused.reason() == Refusal.UNKNOWN_OUTCOME) {
      return Future.failedFuture(new BusException(ErrorCode.UNKNOWN_OUTCOME, refused.detail()));
    }
    Reason reason =
        switch (refused.reason()) {
          case ABSENT -> Reason.ABSENT;
          case CONFLICT -> Reason.CONFLICT;
          case NOT_EXECUTED -> Reason.NOT_EXECUTED;
          default -> Reason.INVALID;
        };
    return Future.succeededFuture(new Refused(reason, refused.detail()));
  }
}
