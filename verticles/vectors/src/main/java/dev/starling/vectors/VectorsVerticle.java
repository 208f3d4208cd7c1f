package dev.starling.vectors;

import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.postgres.shards.Shards;
import dev.starling.redis.Redis;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.vectors.CollectionList.Listed;
import dev.starling.vectors.VectorsConfig.Backend;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps collections of vectors and finds the nearest; configured by section {@code vectors}. */
public final class VectorsVerticle extends ServiceVerticle {
  /** How long it takes to notice that shards are this node's now. */
  private static final long BEAT_MILLIS = 100;

  /*
   * A body is bound on the event loop: this one takes some milliseconds. It has room for 120 vectors
   * of 384 numbers, and a batch has as many lines as anybody likes.
   */
  private static final int MAX_POINTS_BYTES = 512 * 1024;
  private static final int MAX_POINT_BYTES = 128 * 1024;

  /** Texts of a whole request go through the model within it. */
  private static final Duration STORING = Duration.ofSeconds(10);

  private @Nullable ClientOperations clients;
  private @Nullable LocalShards local;
  private long timer = -1;

  @Override
  public Map<String, Record> settings() {
    return Map.of(VectorsContract.SERVICE, VectorsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.put(
            "/v1/vectors/{collection}",
            NewCollection.class,
            Listed.class,
            (call, body) -> clients().create(call, body))
        .id("vectors.create")
        .summary("Makes a collection, or finds it as it should be")
        .path(CollectionPath.class)
        .answers(Kind.CREATED)
        .refuses(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.get("/v1/vectors", CollectionList.class, call -> clients().list(call))
        .id("vectors.list")
        .summary("Lists the caller's collections")
        .refuses(Refusal.FORBIDDEN);
    on.get("/v1/vectors/{collection}", CollectionView.class, call -> clients().describe(call))
        .id("vectors.describe")
        .summary("Shows a collection, how many points it has and how its shards stand")
        .path(CollectionPath.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.delete("/v1/vectors/{collection}", Void.class, call -> clients().drop(call))
        .id("vectors.drop")
        .summary("Deletes a collection with its points")
        .path(CollectionPath.class)
        .answers(Kind.NO_CONTENT)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
    declarePoints(on);
    on.post(
            "/v1/vectors/{collection}/search",
            SearchBody.class,
            SearchView.class,
            (call, body) -> clients().search(call, body))
        .id("vectors.search")
        .summary("Finds the points that are nearest to a vector or a text")
        .path(CollectionPath.class)
        .maxBodyBytes(MAX_POINT_BYTES)
        .safeToRetry()
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
  }

  private void declarePoints(Operations on) {
    on.post(
            "/v1/vectors/{collection}/points",
            NewPoints.class,
            PointsStored.class,
            (call, body) -> clients().store(call, body))
        .id("vectors.store")
        .summary("Stores points, in place of those that have their ids")
        .path(CollectionPath.class)
        .maxBodyBytes(MAX_POINTS_BYTES)
        .deadline(STORING)
        .safeToRetry()
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
    on.bulk(
            "/v1/vectors/{collection}/points:batch",
            NewPoint.class,
            PointStored.class,
            (call, line) -> clients().storeLine(call, line))
        .id("vectors.store-all")
        .summary("Stores the point of each line")
        .path(CollectionPath.class)
        .maxBodyBytes(MAX_POINT_BYTES)
        .deadline(STORING)
        .safeToRetry()
        .refuses(Refusal.UNSUPPORTED_MEDIA_TYPE);
    on.get("/v1/vectors/{collection}/points/{id}", PointView.class, call -> clients().show(call))
        .id("vectors.show")
        .summary("Shows a point with its vector")
        .path(PointPath.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.delete("/v1/vectors/{collection}/points/{id}", Void.class, call -> clients().deleteOne(call))
        .id("vectors.delete")
        .summary("Deletes a point; without complaint when there is none")
        .path(PointPath.class)
        .answers(Kind.NO_CONTENT)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
    on.post(
            "/v1/vectors/{collection}/points:delete",
            PointIds.class,
            Void.class,
            (call, body) -> clients().delete(call, body))
        .id("vectors.delete-all")
        .summary("Deletes points; without complaint where there is none")
        .path(CollectionPath.class)
        .maxBodyBytes(MAX_POINTS_BYTES)
        .safeToRetry()
        .answers(Kind.NO_CONTENT)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
  }

  @Override
  protected Future<?> open() {
    VectorsConfig config = node().config(VectorsContract.SERVICE, VectorsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    Redis redis = config.backend() == Backend.REDIS ? redis() : null;
    SharedVectors shared =
        node()
            .shared(
                VectorsContract.SERVICE,
                () ->
                    SharedVectors.of(
                        node(),
                        config,
                        redis == null
                            ? Janitor.Purge.NOTHING
                            : (id, limit) -> RedisPoints.purge(redis, id, limit)));
    Points points =
        redis == null
            ? new ShardedPoints(
                bus(), shared.owners(), shared.points(), shared.janitor(), shared.meters())
            : new RedisPoints(redis, shared.janitor());
    Vectors vectors =
        new Vectors(
            shared.collections(),
            shared.cache(),
            points,
            new Embedder(bus(), config.textModel()),
            config.maxCollections());
    clients = new ClientOperations(vectors);
    ServiceOperations services = new ServiceOperations(vectors);
    ClassLoader migrations = getClass().getClassLoader();
    return node()
        .once(
            "vectors:schema",
            () -> shards.migrate(VectorsContract.SERVICE, "classpath:db/vectors", migrations))
        .compose(migrated -> redis == null ? serveShards(shared, config) : Future.succeededFuture())
        .compose(serving -> serve(VectorsContract.CREATE, services::create))
        .compose(serving -> serve(VectorsContract.UPSERT, services::upsert))
        .compose(serving -> serve(VectorsContract.DELETE, services::delete))
        .compose(serving -> serve(VectorsContract.SEARCH, services::search))
        .onSuccess(serving -> beat(shared));
  }

  private Redis redis() {
    return node()
        .find(Redis.class)
        .orElseThrow(
            () ->
                new ConfigException("vectors.backend: redis (expected: redis.uri to be set too)"));
  }

  /** Has its part of the shards in memory from now on, and answers for them. */
  private Future<Void> serveShards(SharedVectors shared, VectorsConfig config) {
    Shards shards = node().resource(Shards.class);
    LocalShards ofNode =
        node()
            .shared(
                "vectors:local",
                () ->
                    new LocalShards(
                        vertx,
                        shards,
                        shared.owners(),
                        config,
                        config.maxUnits(Runtime.getRuntime().maxMemory()),
                        shared.meters()));
    String self = node().nodeId();
    ofNode.join();
    local = ofNode;
    return serve(VectorShardsContract.search(self), ofNode.answers()::search)
        .compose(serving -> serve(VectorShardsContract.write(self), ofNode.answers()::write))
        .compose(serving -> serve(VectorShardsContract.stand(self), ofNode.answers()::stand));
  }

  private void beat(SharedVectors shared) {
    timer = vertx.setPeriodic(1, BEAT_MILLIS, beat -> beat(shared, System.nanoTime()));
  }

  private void beat(SharedVectors shared, long nowNanos) {
    LocalShards ofNode = local;
    if (ofNode != null) {
      ofNode.beat(nowNanos);
    }
    shared.janitor().beat(shared.owners().own(), nowNanos);
  }

  @Override
  protected Future<?> shut() {
    vertx.cancelTimer(timer);
    LocalShards ofNode = local;
    if (ofNode != null) {
      local = null;
      ofNode.leave();
    }
    return Future.succeededFuture();
  }

  private ClientOperations clients() {
    if (clients == null) {
      throw new IllegalStateException("not open");
    }
    return clients;
  }
}
