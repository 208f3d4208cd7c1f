package dev.starling.vectors;

import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorsContract.Content;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.contract.vectors.VectorsContract.Vector;
import dev.starling.vectors.Result.Ok;
import dev.starling.vectors.index.Attributes;
import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What can be done with collections, for clients and for services alike: checks what is given,
 * makes vectors of texts, and hands it to whatever keeps the points.
 *
 * <p>Confined to an instance's context.
 */
final class Vectors {
  private final CollectionTable table;
  private final CollectionCache cache;
  private final Points points;
  private final Embedder embedder;
  private final int maxCollections;

  Vectors(
      CollectionTable table,
      CollectionCache cache,
      Points points,
      Embedder embedder,
      int maxCollections) {
    this.table = table;
    this.cache = cache;
    this.points = points;
    this.embedder = embedder;
    this.maxCollections = maxCollections;
  }

  /**
   * Makes a collection, or finds it as it should be.
   *
   * @param made whether it is new
   */
  record Created(Collection collection, boolean made) {}

  Future<Result<Created>> create(Collection wanted, CallContext call) {
    String objection = PointChecks.collection(wanted);
    if (objection.isEmpty()) {
      objection = points.objection(wanted);
    }
    if (!objection.isEmpty()) {
      return Result.refusing(Refusal.INVALID, objection);
    }
    return table
        .make(wanted, maxCollections, left(call))
        .map(made -> created(wanted, made))
        .recover(ShardedPoints::refusal);
  }

  private Result<Created> created(Collection wanted, CollectionTable.Made made) {
    Collection found = made.found().orElse(null);
    if (found == null) {
      return Result.refused(
          Refusal.CONFLICT, "the user has " + maxCollections + " collections (expected: fewer)");
    }
    if (found.dimension() != wanted.dimension() || found.metric() != wanted.metric()) {
      return Result.refused(
          Refusal.CONFLICT,
          "%s has dimension %d and metric %s (expected: the same, or another name)"
              .formatted(found.name(), found.dimension(), PointChecks.name(found.metric())));
    }
    return Result.done(new Created(found, made.made()));
  }

  Future<Result<List<Collection>>> list(UUID owner, CallContext call) {
    return table.list(owner, left(call)).map(Result::done).recover(ShardedPoints::refusal);
  }

  /** Deletes a collection; its points go after it. */
  Future<Result<Ok>> drop(UUID owner, String name, CallContext call) {
    return table
        .delete(owner, name, left(call))
        .<Result<Ok>>map(
            deleted -> {
              cache.forget(owner, name);
              deleted.ifPresent(points::remove);
              return deleted.isPresent() ? Result.OK : absent(name);
            })
        .recover(ShardedPoints::refusal);
  }

  Future<Result<Described>> describe(UUID owner, String name, CallContext call) {
    return in(
        owner,
        name,
        call,
        collection ->
            points
                .state(collection, call)
                .map(state -> mapped(state, one -> new Described(collection, one))));
  }

  /** A collection and how it stands. */
  record Described(Collection collection, CollectionState state) {}

  /** Stores points, in place of those that have their ids. */
  Future<Result<Ok>> upsert(UUID owner, String name, List<Point> given, CallContext call) {
    return in(
        owner,
        name,
        call,
        collection -> {
          String objection = PointChecks.points(given, collection);
          if (!objection.isEmpty()) {
            return Result.refusing(Refusal.INVALID, objection);
          }
          List<String> texts = new ArrayList<>();
          for (Point point : given) {
            if (point.content() instanceof Text text) {
              texts.add(text.text());
            }
          }
          return then(
              embedder.embed(texts, collection.dimension(), call),
              vectors -> put(collection, given, vectors, call));
        });
  }

  private Future<Result<Ok>> put(
      Collection collection, List<Point> given, List<float[]> embedded, CallContext call) {
    List<Put> puts = new ArrayList<>(given.size());
    int next = 0;
    for (int i = 0; i < given.size(); i++) {
      Point point = given.get(i);
      float[] vector = point.content() instanceof Vector own ? own.values() : embedded.get(next++);
      String objection = PointChecks.vector(vector, collection);
      if (!objection.isEmpty()) {
        return Result.refusing(Refusal.INVALID, "points[" + i + "]." + objection);
      }
      Checked<Attributes> attributes = Attributes.parse(point.attributes());
      if (attributes instanceof Checked.Valid<Attributes> valid) {
        puts.add(new Put(point.id(), vector, valid.value().json()));
      } else {
        String detail = ((Checked.Wrong<Attributes>) attributes).detail();
        return Result.refusing(Refusal.INVALID, "points[" + i + "]." + detail);
      }
    }
    return points.put(collection, puts, call);
  }

  Future<Result<Ok>> delete(UUID owner, String name, List<String> ids, CallContext call) {
    String objection = PointChecks.ids(ids);
    return objection.isEmpty()
        ? in(owner, name, call, collection -> points.delete(collection, ids, call))
        : Result.refusing(Refusal.INVALID, objection);
  }

  Future<Result<Optional<Put>>> find(UUID owner, String name, String id, CallContext call) {
    return in(owner, name, call, collection -> points.find(collection, id, call));
  }

  /**
   * Finds the nearest points.
   *
   * @param exact whether every point is compared
   */
  Future<Result<Matches>> search(
      UUID owner,
      String name,
      Content content,
      int k,
      Checked<Filter> filter,
      boolean exact,
      CallContext call) {
    String objection = PointChecks.search(content, k);
    if (!objection.isEmpty()) {
      return Result.refusing(Refusal.INVALID, objection);
    }
    if (!(filter instanceof Checked.Valid<Filter> valid)) {
      return Result.refusing(Refusal.INVALID, ((Checked.Wrong<Filter>) filter).detail());
    }
    return in(
        owner,
        name,
        call,
        collection ->
            then(
                vector(content, collection, call),
                vector -> {
                  String wrong = PointChecks.vector(vector, collection);
                  return wrong.isEmpty()
                      ? points.search(
                          collection, new Points.Wanted(vector, k, valid.value(), exact), call)
                      : Result.refusing(Refusal.INVALID, wrong);
                }));
  }

  private Future<Result<float[]>> vector(Content content, Collection collection, CallContext call) {
    if (content instanceof Vector own) {
      return Future.succeededFuture(Result.done(own.values()));
    }
    String text = ((Text) content).text();
    return embedder
        .embed(List.of(text), collection.dimension(), call)
        .map(vectors -> mapped(vectors, all -> all.get(0)));
  }

  /** Does something with a collection, and once more with another one of its name. */
  private <T> Future<Result<T>> in(
      UUID owner, String name, CallContext call, Function<Collection, Future<Result<T>>> work) {
    return cache
        .find(owner, name, left(call))
        .map(Result::done)
        .recover(ShardedPoints::refusal)
        .compose(
            found ->
                then(
                    Future.succeededFuture(found),
                    collection ->
                        collection.isEmpty()
                            ? Future.succeededFuture(absent(name))
                            : work.apply(collection.get())
                                .compose(
                                    result ->
                                        isGone(result)
                                            ? again(
                                                owner, name, collection.get(), call, work, result)
                                            : Future.succeededFuture(result))));
  }

  private static boolean isGone(Result<?> result) {
    return result instanceof Result.Refused<?> refused && refused.reason() == Refusal.ABSENT;
  }

  /** The one that this node knew was deleted elsewhere; there may be another one by now. */
  private <T> Future<Result<T>> again(
      UUID owner,
      String name,
      Collection gone,
      CallContext call,
      Function<Collection, Future<Result<T>>> work,
      Result<T> otherwise) {
    cache.forget(owner, name);
    return cache
        .find(owner, name, left(call))
        .compose(
            found ->
                found.isPresent() && !found.get().id().equals(gone.id())
                    ? work.apply(found.get())
                    : Future.succeededFuture(otherwise))
        .recover(ShardedPoints::refusal);
  }

  private static <T> Result<T> absent(String name) {
    return Result.refused(Refusal.ABSENT, "there is no collection " + name);
  }

  private static <T, U> Future<Result<U>> then(
      Future<Result<T>> first, Function<T, Future<Result<U>>> next) {
    return first.compose(
        result ->
            result instanceof Result.Done<T> done
                ? next.apply(done.value())
                : Future.succeededFuture(((Result.Refused<T>) result).as()));
  }

  private static <T, U> Result<U> mapped(Result<T> result, Function<T, U> mapper) {
    return result instanceof Result.Done<T> done
        ? Result.done(mapper.apply(done.value()))
        : ((Result.Refused<T>) result).as();
  }

  private static Duration left(CallContext call) {
    return call.remaining(System.nanoTime());
  }
}
