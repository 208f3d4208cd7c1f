package dev.starling.vectors;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.vectors.VectorShardsContract.Ask;
import dev.starling.contract.vectors.VectorShardsContract.Finding;
import dev.starling.contract.vectors.VectorShardsContract.Found;
import dev.starling.contract.vectors.VectorShardsContract.NotWritten;
import dev.starling.contract.vectors.VectorShardsContract.Reason;
import dev.starling.contract.vectors.VectorShardsContract.Search;
import dev.starling.contract.vectors.VectorShardsContract.Standing;
import dev.starling.contract.vectors.VectorShardsContract.Standings;
import dev.starling.contract.vectors.VectorShardsContract.State;
import dev.starling.contract.vectors.VectorShardsContract.TooMuch;
import dev.starling.contract.vectors.VectorShardsContract.Write;
import dev.starling.contract.vectors.VectorShardsContract.Writing;
import dev.starling.contract.vectors.VectorShardsContract.Written;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Uuids;
import dev.starling.vectors.index.Best;
import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import dev.starling.vectors.index.Query;
import dev.starling.vectors.index.Similarity;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a node answers to those who ask for its shards.
 *
 * <p>Thread-safe; futures complete on the caller's context.
 */
final class ShardAnswers {
  /** What one node finds has to fit into a message of the bus, with room for the rest. */
  static final int MAX_FOUND_BYTES = 700 * 1024;

  /** So many more to compare one by one cost a search about ten milliseconds. */
  private static final int MAX_BACKLOG = 50_000;

  private final Vertx vertx;
  private final LocalPoints points;
  private final List<ShardFollower> followers;
  private final Workers searching;
  private final VectorMeters meters;

  /**
   * @param followers of all shards, by number
   */
  ShardAnswers(
      Vertx vertx,
      LocalPoints points,
      List<ShardFollower> followers,
      Workers searching,
      VectorMeters meters) {
    this.vertx = vertx;
    this.points = points;
    this.followers = followers;
    this.searching = searching;
    this.meters = meters;
  }

  /** Answers a search of shards of this node. */
  Future<Finding> search(Search request, CallContext call) {
    UUID collection = Uuids.parse(request.collection());
    int wanted = 0;
    for (int shard : request.shards()) {
      if (shard >= Shards.COUNT) {
        return invalid("shard: " + shard + " (expected: 0..31)");
      }
      wanted |= 1 << shard;
    }
    if (collection == null) {
      return invalid("collection: " + request.collection() + " (expected: a UUID)");
    }
    if (!(Filter.parse(request.filter()) instanceof Checked.Valid<Filter> filter)) {
      return invalid("filter: " + request.filter());
    }
    Similarity similarity = Similarity.of(request.metric());
    int mask = wanted;
    return searching.run(
        () -> {
          if (call.isExpired(System.nanoTime())) {
            throw new BusException(ErrorCode.EXPIRED, "the deadline passed while it waited");
          }
          Query query =
              new Query(
                  similarity.prepared(request.vector()),
                  request.k(),
                  filter.value(),
                  mask,
                  request.exact());
          // A shard that is not whole before or afterwards may have changed meanwhile.
          SortedSet<Integer> incomplete = new TreeSet<>(notReady(request.shards()));
          long begun = System.nanoTime();
          Best best = points.search(collection, query);
          meters.searched(System.nanoTime() - begun);
          incomplete.addAll(notReady(request.shards()));
          return finding(similarity, best, List.copyOf(incomplete));
        });
  }

  private List<Integer> notReady(List<Integer> shards) {
    return shards.stream().filter(shard -> followers.get(shard).state() != State.READY).toList();
  }

  private static Finding finding(Similarity similarity, Best best, List<Integer> incomplete) {
    List<Match> matches =
        best.hits().stream()
            .map(
                hit ->
                    new Match(
                        hit.point().id(),
                        similarity.shown(hit.score()),
                        hit.point().attributes().json()))
            .toList();
    int bytes = bytes(matches);
    return bytes > MAX_FOUND_BYTES
        ? new TooMuch(bytes, MAX_FOUND_BYTES)
        : new Found(matches, incomplete);
  }

  /** About what they take in a message between nodes; JSON has some forty bytes more for each. */
  static int bytes(List<Match> matches) {
    return matches.stream()
        .mapToInt(match -> 16 + Utf8.length(match.id()) + Utf8.length(match.attributes()))
        .sum();
  }

  /** Writes points, each to its shard; gives what is certain of all of them. */
  Future<Writing> write(Write request, CallContext call) {
    UUID collection = Uuids.parse(request.collection());
    if (collection == null) {
      return invalid("collection: " + request.collection() + " (expected: a UUID)");
    }
    SortedMap<Integer, List<PointChange>> byShard = new TreeMap<>();
    Stream.concat(
            request.puts().stream()
                .map(
                    put ->
                        new PointChange(
                            collection,
                            put.id(),
                            request.metric(),
                            put.vector(),
                            put.attributes())),
            request.deleted().stream()
                .map(id -> new PointChange(collection, id, request.metric(), null, "")))
        .forEach(
            row ->
                byShard
                    .computeIfAbsent(
                        PointShards.of(collection, row.id()), first -> new ArrayList<>())
                    .add(row));
    long units = byShard.values().stream().mapToLong(LocalPoints::units).sum();
    if (units > 0 && points.backlog() > MAX_BACKLOG) {
      return full("too many points wait to be indexed");
    }
    if (units > 0 && !points.memory().take(units)) {
      return full("there is no memory for more points (vectors.max-points)");
    }
    List<Future<Writing>> writes = new ArrayList<>();
    byShard.forEach(
        (shard, rows) -> writes.add(followers.get(shard).write(rows, call.deadlineNanos())));
    return here(
        Future.join(writes)
            .onComplete(ended -> points.memory().add(-units))
            .map(all -> together(writes.stream().map(Future::result).toList())));
  }

  /** The same outcome on the caller's context; a write may end on another caller's. */
  private <T> Future<T> here(Future<T> future) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    future.onComplete(ended -> caller.runOnContext(now -> promise.handle(ended)));
    return promise.future();
  }

  private Future<Writing> full(String why) {
    meters.refused();
    return Future.succeededFuture(new NotWritten(Reason.NOT_EXECUTED, why));
  }

  /** What is certain of several writes. */
  static Writing together(List<Writing> parts) {
    List<NotWritten> not = new ArrayList<>();
    for (Writing part : parts) {
      if (part instanceof NotWritten one) {
        not.add(one);
      }
    }
    if (not.isEmpty()) {
      return new Written();
    }
    // A collection that is gone is gone for what was written too.
    for (NotWritten one : not) {
      if (one.reason() == Reason.GONE) {
        return one;
      }
    }
    boolean nothing =
        not.size() == parts.size() && not.stream().noneMatch(one -> one.reason() == Reason.UNKNOWN);
    return nothing
        ? not.get(0)
        : new NotWritten(
            Reason.UNKNOWN, "some of it may have been written: " + not.get(0).detail());
  }

  /** How shards stand on this node. */
  Future<Standings> stand(Ask request, CallContext call) {
    UUID collection = Uuids.parse(request.collection());
    return collection == null
        ? invalid("collection: " + request.collection() + " (expected: a UUID)")
        // It may have to wait for a change.
        : searching.run(() -> stand(collection, request));
  }

  private Standings stand(UUID collection, Ask request) {
    List<Standing> standings =
        request.shards().stream()
            .filter(shard -> shard < Shards.COUNT)
            .map(
                shard ->
                    new Standing(
                        shard,
                        followers.get(shard).state(),
                        points.points(collection, shard),
                        followers.get(shard).rebuiltPermille()))
            .toList();
    return new Standings(standings, points.ungraphed(collection));
  }

  private static <T> Future<T> invalid(String message) {
    return Future.failedFuture(new BusException(ErrorCode.INVALID_ARGUMENT, message));
  }
}
