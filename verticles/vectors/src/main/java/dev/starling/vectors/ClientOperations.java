package dev.starling.vectors;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import dev.starling.vectors.CollectionList.Listed;
import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * What clients ask for, in the name of the user who has signed in.
 *
 * <p>Confined to an instance's context.
 */
final class ClientOperations {
  private final Vectors vectors;

  ClientOperations(Vectors vectors) {
    this.vectors = vectors;
  }

  Future<Reply<Listed>> create(Call call, NewCollection body) {
    String name = call.path(CollectionPath.class).collection();
    return asUser(
        call,
        owner ->
            vectors
                .create(
                    new Collection(
                        UUID.randomUUID(), owner, name, body.dimension(), body.toMetric()),
                    call.context())
                .map(
                    result ->
                        answer(
                            result,
                            created ->
                                created.made()
                                    ? Reply.created(
                                        Listed.of(created.collection()), "/v1/vectors/" + name)
                                    : Reply.ok(Listed.of(created.collection())))));
  }

  Future<Reply<CollectionList>> list(Call call) {
    return asUser(
        call,
        owner ->
            vectors
                .list(owner, call.context())
                .map(result -> answer(result, all -> Reply.ok(CollectionList.of(all)))));
  }

  Future<Reply<CollectionView>> describe(Call call) {
    return asUser(
        call,
        owner ->
            vectors
                .describe(owner, call.path(CollectionPath.class).collection(), call.context())
                .map(result -> answer(result, found -> Reply.ok(CollectionView.of(found)))));
  }

  Future<Reply<Void>> drop(Call call) {
    return asUser(
        call,
        owner ->
            vectors
                .drop(owner, call.path(CollectionPath.class).collection(), call.context())
                .map(result -> answer(result, done -> Reply.noContent())));
  }

  Future<Reply<PointsStored>> store(Call call, NewPoints body) {
    List<Point> points = new ArrayList<>(body.points().size());
    for (int i = 0; i < body.points().size(); i++) {
      NewPoint point = body.points().get(i);
      if (!point.objection().isEmpty()) {
        return Future.succeededFuture(
            Reply.refused(Refusal.INVALID, "points[" + i + "]." + point.objection()));
      }
      points.add(point.toPoint());
    }
    return store(call, points, new PointsStored(points.size()));
  }

  Future<Reply<PointStored>> storeLine(Call call, NewPoint line) {
    return line.objection().isEmpty()
        ? store(call, List.of(line.toPoint()), new PointStored(line.id()))
        : Future.succeededFuture(Reply.refused(Refusal.INVALID, line.objection()));
  }

  private <T> Future<Reply<T>> store(Call call, List<Point> points, T stored) {
    return asUser(
        call,
        owner ->
            vectors
                .upsert(owner, call.path(CollectionPath.class).collection(), points, call.context())
                .map(result -> answer(result, done -> Reply.ok(stored))));
  }

  Future<Reply<PointView>> show(Call call) {
    PointPath path = call.path(PointPath.class);
    return asUser(
        call,
        owner ->
            vectors
                .find(owner, path.collection(), path.id(), call.context())
                .map(
                    result ->
                        answer(
                            result,
                            found ->
                                found
                                    .map(point -> Reply.ok(PointView.of(point)))
                                    .orElseGet(
                                        () ->
                                            Reply.refused(
                                                Refusal.ABSENT, "there is no such point")))));
  }

  Future<Reply<Void>> deleteOne(Call call) {
    PointPath path = call.path(PointPath.class);
    return delete(call, path.collection(), List.of(path.id()));
  }

  Future<Reply<Void>> delete(Call call, PointIds body) {
    return delete(call, call.path(CollectionPath.class).collection(), body.ids());
  }

  private Future<Reply<Void>> delete(Call call, String collection, List<String> ids) {
    return asUser(
        call,
        owner ->
            vectors
                .delete(owner, collection, ids, call.context())
                .map(result -> answer(result, done -> Reply.noContent())));
  }

  Future<Reply<SearchView>> search(Call call, SearchBody body) {
    String objection = NewPoint.objection(body.vector(), body.text());
    if (!objection.isEmpty()) {
      return Future.succeededFuture(Reply.refused(Refusal.INVALID, objection));
    }
    Checked<Filter> filter =
        body.filter() == null ? new Checked.Valid<>(Filter.NONE) : Filter.of(body.filter());
    return asUser(
        call,
        owner ->
            vectors
                .search(
                    owner,
                    call.path(CollectionPath.class).collection(),
                    NewPoint.content(body.vector(), body.text()),
                    body.wanted(),
                    filter,
                    body.isExact(),
                    call.context())
                .map(result -> answer(result, found -> Reply.okJson(SearchView.json(found)))));
  }

  /** Collections are in the shard of their owner, who is known by a UUID. */
  private static <T> Future<Reply<T>> asUser(Call call, Function<UUID, Future<Reply<T>>> work) {
    UUID owner = Uuids.parse(call.principal().subject());
    return owner == null
        ? Future.succeededFuture(Reply.refused(Refusal.FORBIDDEN, "only users have collections"))
        : work.apply(owner);
  }

  private static <T, R> Reply<R> answer(Result<T> result, Function<T, Reply<R>> ok) {
    if (result instanceof Result.Refused<T> refused) {
      return Reply.refused(refused.reason(), refused.detail());
    }
    return ok.apply(((Result.Done<T>) result).value());
  }
}
