package dev.starling.vectors;

import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.postgres.shards.Shards;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisConfig;
import dev.starling.sdk.Secret;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestRedis;
import dev.starling.testkit.TestShards;
import dev.starling.vectors.Result.Ok;
import dev.starling.vectors.index.Checked;
import dev.starling.vectors.index.Filter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Points in Redis. The server that comes with the build is Redis 6, which has no vector sets, so
 * some of this needs STARLING_TEST_REDIS to name the program of Redis 8.2; what is sent and how
 * answers are read is checked without.
 */
@Timeout(60)
class RedisPointsTest {
  private final Collection collection =
      new Collection(
          UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e"),
          UUID.randomUUID(),
          "c",
          2,
          Metric.COSINE);
  private final String key = RedisPoints.key(collection.id());
  private TestNode node;
  private Janitor janitor;

  @BeforeEach
  void start() {
    node = new TestNode(Path.of("unused"));
    Shards shards = TestShards.provide(node, RedisPointsTest.class);
    janitor =
        new Janitor(
            new CollectionTable(shards),
            new PointTable(shards),
            Janitor.Purge.NOTHING,
            Duration.ofHours(1));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void put_points_areSentAsTheirBytes() throws IOException {
    try (ScriptedRedis redis = new ScriptedRedis(command -> ":1\r\n")) {
      Result<Ok> stored = await(points(redis.uri()).put(collection, given(), call()));

      assertThat(stored).isInstanceOf(Result.Done.class);
      assertThat(redis.commands)
          .containsExactly(
              List.of(
                  "VADD",
                  key,
                  "FP32",
                  bytes(1, 0),
                  "a",
                  "NOQUANT",
                  "SETATTR",
                  "{\"color\":\"red\",\"n\":1}"),
              List.of("VADD", key, "FP32", bytes(0, 2), "b", "NOQUANT", "SETATTR", "{}"));
    }
  }

  @Test
  void search_filtered_isSentWithItsExpressionAndRead() throws IOException {
    String answer = "*3\r\n$1\r\na\r\n$4\r\n0.75\r\n$7\r\n{\"n\":1}\r\n";
    try (ScriptedRedis redis = new ScriptedRedis(command -> answer)) {
      Result<Matches> found =
          await(
              points(redis.uri())
                  .search(
                      collection,
                      new Points.Wanted(new float[] {1, 1}, 3, filter("{\"n\":1}"), true),
                      call()));

      assertThat(redis.commands)
          .containsExactly(
              List.of(
                  "VSIM",
                  key,
                  "FP32",
                  bytes(1, 1),
                  "WITHSCORES",
                  "WITHATTRIBS",
                  "COUNT",
                  "3",
                  "FILTER",
                  ".n == 1",
                  "FILTER-EF",
                  "10000",
                  "TRUTH"));
      assertThat(found)
          .isEqualTo(Result.done(new Matches(List.of(new Match("a", 0.5, "{\"n\":1}")), false)));
    }
  }

  @Test
  void search_connectionThatIsLost_isNotKnown() throws IOException {
    try (ScriptedRedis redis = new ScriptedRedis(command -> "")) {
      Result<Ok> outcome =
          await(
              points(redis.uri())
                  .delete(
                      collection,
                      List.of("a"),
                      call().withDeadline(System.nanoTime() + Duration.ofMillis(50).toNanos())));

      assertThat(outcome)
          .isEqualTo(Result.refused(Refusal.UNKNOWN_OUTCOME, "Redis did not answer"));
    }
  }

  @Test
  void create_metricThatRedisHasNot_isRefused() throws IOException {
    try (ScriptedRedis redis = new ScriptedRedis(command -> "")) {
      Collection euclidean =
          new Collection(collection.id(), collection.owner(), "c", 2, Metric.EUCLIDEAN);

      assertThat(points(redis.uri()).objection(euclidean))
          .isEqualTo("metric: euclidean (expected: cosine, the only one of Redis)");
      assertThat(points(redis.uri()).objection(collection)).isEmpty();
    }
  }

  @Test
  void put_redisWithoutVectorSets_saysWhatWasExpected() {
    try (TestRedis server = TestRedis.start()) {
      assumeTrue(!hasVectorSets(server.uri()), "this Redis has vector sets");

      assertThat(await(points(server.uri()).put(collection, given(), call())))
          .isEqualTo(
              Result.refused(
                  Refusal.NOT_EXECUTED, "this Redis has no vector sets (expected: Redis 8.2)"));
    }
  }

  @Test
  void points_inARealRedis_areStoredFoundFilteredAndRemoved() {
    try (TestRedis server = TestRedis.start()) {
      assumeTrue(hasVectorSets(server.uri()), "STARLING_TEST_REDIS names no Redis 8.2");
      RedisPoints points = points(server.uri());

      await(points.put(collection, given(), call()));

      Matches all = search(points, Filter.NONE);
      assertThat(all.matches()).extracting(Match::id).containsExactly("a", "b");
      assertThat(all.matches().get(0).score()).isEqualTo(1, within(1e-6));
      assertThat(all.matches().get(1).score()).isEqualTo(0, within(1e-6));
      assertThat(search(points, filter("{\"color\":[\"red\",\"blue\"],\"n\":1}")).matches())
          .extracting(Match::id)
          .containsExactly("a");
      assertThat(search(points, filter("{\"color\":\"blue\"}")).matches()).isEmpty();
      Put found = value(await(points.find(collection, "b", call()))).orElseThrow();
      assertThat(found.vector()).containsExactly(0, 2);
      assertThat(found.attributes()).isEqualTo("{}");
      assertThat(value(await(points.find(collection, "z", call())))).isEqualTo(Optional.empty());
      await(points.delete(collection, List.of("a", "z"), call()));
      assertThat(value(await(points.state(collection, call()))).points()).isEqualTo(1);
    }
  }

  private Matches search(RedisPoints points, Filter filter) {
    return value(
        await(
            points.search(
                collection, new Points.Wanted(new float[] {3, 0}, 10, filter, false), call())));
  }

  private static <T> T value(Result<T> result) {
    assertThat(result).isInstanceOf(Result.Done.class);
    return ((Result.Done<T>) result).value();
  }

  private boolean hasVectorSets(String uri) {
    Future<?> asked =
        redis(uri).send(Request.cmd(Command.create("VCARD")).arg("k"), Duration.ofSeconds(5));
    return await(asked.map(true).otherwise(false));
  }

  private RedisPoints points(String uri) {
    return new RedisPoints(redis(uri), janitor);
  }

  private Redis redis(String uri) {
    RedisConfig config =
        new RedisConfig(uri, Secret.NONE, 1, 100, Duration.ofSeconds(5), Duration.ofSeconds(5));
    Redis redis = await(Redis.start(node.vertx(), config, node.scope().meters(), new Random(1)));
    node.onClose(redis::close);
    return redis;
  }

  private CallContext call() {
    return node.anonymous();
  }

  private static List<Put> given() {
    return List.of(
        new Put("a", new float[] {1, 0}, "{\"color\":\"red\",\"n\":1}"),
        new Put("b", new float[] {0, 2}, "{}"));
  }

  private static String bytes(float... vector) {
    return new String(Floats.toBytes(vector), ISO_8859_1);
  }

  private static Filter filter(String json) {
    return ((Checked.Valid<Filter>) Filter.parse(json)).value();
  }
}
