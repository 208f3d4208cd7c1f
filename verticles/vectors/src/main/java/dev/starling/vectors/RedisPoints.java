package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisException;
import dev.starling.vectors.Result.Ok;
import dev.starling.vectors.index.Checked;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Points in vector sets of Redis 8.2, one set for each collection. They are as durable there as
 * that Redis makes them, and the truth is there.
 *
 * <p>Confined to an instance's context.
 */
final class RedisPoints implements Points {
  private static final Command VADD = Command.create("VADD");
  private static final Command VSIM = Command.create("VSIM");
  private static final Command VREM = Command.create("VREM");
  private static final Command VEMB = Command.create("VEMB");
  private static final Command VGETATTR = Command.create("VGETATTR");
  private static final Command VCARD = Command.create("VCARD");

  /** So many that a filter has refused may be looked at for each that is wanted; and at least. */
  private static final int FILTER_EFFORT = 100;

  private static final int LEAST_EFFORT = 10_000;

  private final Redis redis;
  private final Janitor janitor;

  RedisPoints(Redis redis, Janitor janitor) {
    this.redis = redis;
    this.janitor = janitor;
  }

  /** The vector set of a collection. */
  static String key(UUID collection) {
    return "starling:vectors:{" + collection + "}";
  }

  /** Removes the vector set of a collection. */
  static Future<Void> purge(Redis redis, UUID collection, Duration limit) {
    return redis.send(Request.cmd(Command.UNLINK).arg(key(collection)), limit).mapEmpty();
  }

  @Override
  public String objection(Collection wanted) {
    return wanted.metric() == Metric.COSINE
        ? ""
        : "metric: "
            + PointChecks.name(wanted.metric())
            + " (expected: cosine, the only one of Redis)";
  }

  @Override
  public Future<Result<Ok>> put(Collection collection, List<Put> points, CallContext call) {
    return change(points.stream().map(point -> add(collection, point)).toList(), call);
  }

  static Request add(Collection collection, Put point) {
    return Request.cmd(VADD)
        .arg(key(collection.id()))
        .arg("FP32")
        .arg(Buffer.buffer(Floats.toBytes(point.vector())))
        .arg(point.id())
        .arg("NOQUANT")
        .arg("SETATTR")
        .arg(point.attributes());
  }

  @Override
  public Future<Result<Ok>> delete(Collection collection, List<String> ids, CallContext call) {
    return change(
        ids.stream().map(id -> Request.cmd(VREM).arg(key(collection.id())).arg(id)).toList(), call);
  }

  private Future<Result<Ok>> change(List<Request> commands, CallContext call) {
    return redis
        .sendAll(commands, left(call))
        .map(answers -> Result.OK)
        .recover(RedisPoints::refusal);
  }

  @Override
  public Future<Result<Optional<Put>>> find(Collection collection, String id, CallContext call) {
    String key = key(collection.id());
    return redis
        .sendAll(
            List.of(Request.cmd(VEMB).arg(key).arg(id), Request.cmd(VGETATTR).arg(key).arg(id)),
            left(call))
        .map(answers -> Result.done(point(id, answers.get(0), answers.get(1))))
        .recover(RedisPoints::refusal);
  }

  private static Optional<Put> point(
      String id, @Nullable Response vector, @Nullable Response attributes) {
    if (vector == null || vector.size() == 0) {
      return Optional.empty();
    }
    float[] values = new float[vector.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(text(vector.get(i)));
    }
    return Optional.of(new Put(id, values, attributes == null ? "{}" : text(attributes)));
  }

  @Override
  public Future<Result<Matches>> search(Collection collection, Wanted wanted, CallContext call) {
    Checked<String> filter = RedisFilter.expression(wanted.filter());
    if (!(filter instanceof Checked.Valid<String> valid)) {
      return Result.refusing(Refusal.INVALID, ((Checked.Wrong<String>) filter).detail());
    }
    return redis
        .send(similar(collection, wanted, valid.value()), left(call))
        .map(RedisPoints::matches)
        .recover(RedisPoints::refusal);
  }

  static Request similar(Collection collection, Wanted wanted, String filter) {
    Request request =
        Request.cmd(VSIM)
            .arg(key(collection.id()))
            .arg("FP32")
            .arg(Buffer.buffer(Floats.toBytes(wanted.vector())))
            .arg("WITHSCORES")
            .arg("WITHATTRIBS")
            .arg("COUNT")
            .arg(wanted.k());
    if (!filter.isEmpty()) {
      request
          .arg("FILTER")
          .arg(filter)
          .arg("FILTER-EF")
          .arg(Math.max(LEAST_EFFORT, wanted.k() * FILTER_EFFORT));
    }
    return wanted.exact() ? request.arg("TRUTH") : request;
  }

  /** Three for each point: its id, its score, its attributes. */
  private static Result<Matches> matches(@Nullable Response found) {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; found != null && i + 2 < found.size(); i += 3) {
      // 1 for the same direction, 0 for the opposite one.
      double score = 2 * Double.parseDouble(text(found.get(i + 1))) - 1;
      Response attributes = found.get(i + 2);
      matches.add(
          new Match(text(found.get(i)), score, attributes == null ? "{}" : text(attributes)));
    }
    int bytes = ShardAnswers.bytes(matches);
    return bytes > ShardAnswers.MAX_FOUND_BYTES
        ? ScatterSearch.tooMuch(bytes)
        : Result.done(new Matches(matches, false));
  }

  @Override
  public Future<Result<CollectionState>> state(Collection collection, CallContext call) {
    return redis
        .send(Request.cmd(VCARD).arg(key(collection.id())), left(call))
        .map(count -> Result.done(new CollectionState(count.toLong(), 0, true, List.of())))
        .recover(RedisPoints::refusal);
  }

  @Override
  public void remove(Collection collection) {
    janitor.remove(collection);
  }

  /** What a command without an answer becomes. One of several may have been executed. */
  private static <T> Future<Result<T>> refusal(Throwable failure) {
    if (!(failure instanceof RedisException known)) {
      return Future.failedFuture(failure);
    }
    return switch (known.reason()) {
      case AWAY, BUSY ->
          Result.refusing(Refusal.NOT_EXECUTED, "Redis did not answer; nothing was changed");
      case TIMEOUT, LOST -> Result.refusing(Refusal.UNKNOWN_OUTCOME, "Redis did not answer");
      case REFUSED ->
          String.valueOf(known.getMessage()).contains("unknown command")
              ? Result.refusing(
                  Refusal.NOT_EXECUTED, "this Redis has no vector sets (expected: Redis 8.2)")
              : Future.failedFuture(failure);
    };
  }

  private static Duration left(CallContext call) {
    return call.remaining(System.nanoTime());
  }

  private static String text(Response response) {
    return response.toString(UTF_8);
  }
}
