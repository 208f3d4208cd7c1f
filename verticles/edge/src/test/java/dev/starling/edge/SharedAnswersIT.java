package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.redis.Redis;
import dev.starling.redis.RedisConfig;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestRedis;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes whose rule keeps answers in one Redis. */
@Timeout(60)
class SharedAnswersIT {
  private static final Duration LONG = Duration.ofSeconds(1);
  private final GuardedVerticle first = new GuardedVerticle();
  private final GuardedVerticle second = new GuardedVerticle();
  @TempDir Path directory;
  private TestRedis server;
  private EdgeNode one;
  private EdgeNode other;
  private Redis redis;

  @BeforeEach
  void start() {
    server = TestRedis.start();
    one = new EdgeNode(directory, http -> {}, first);
    other = new EdgeNode(directory, http -> {}, second);
    redis = connect(one);
    connect(other);
    String policy =
        "caches: [{ name: values, match: { path: \"/v1/value/*\" }, ttl: 1h, store: redis }]";
    one.node().policy(policy);
    other.node().policy(policy);
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
    server.close();
  }

  @Test
  void get_loadedByAnotherNode_isGivenHere() {
    HttpResponse<String> loaded = one.get("/v1/value/1");
    awaitKept(1);

    HttpResponse<String> given = other.get("/v1/value/1");

    assertThat(given.body()).isEqualTo(loaded.body());
    assertThat(given.headers().firstValue("etag")).hasValue("\"1\"");
    assertThat(given.headers().firstValue("cache-status").orElseThrow())
        .startsWith("Starling; hit");
    assertThat(second.calls).hasValue(0);
  }

  @Test
  void get_redisIsAway_isLoaded() {
    server.kill();

    assertThat(one.get("/v1/value/1").statusCode()).isEqualTo(200);
    assertThat(other.get("/v1/value/1").statusCode()).isEqualTo(200);
    assertThat(first.calls).hasValue(1);
    assertThat(second.calls).hasValue(1);
  }

  private Redis connect(EdgeNode edge) {
    TestNode node = edge.node();
    Redis connected =
        TestNode.await(
            Redis.start(
                node.vertx(),
                new RedisConfig(server.uri(), null, 1, 100, LONG, LONG),
                node.scope().meters(),
                new Random(1)));
    node.onClose(connected::close);
    node.scope().provide(Redis.class, connected);
    return connected;
  }

  private void awaitKept(int answers) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (kept() != answers) {
      assertThat(System.nanoTime() - end).isNegative();
    }
  }

  private int kept() {
    return TestNode.await(
            redis.send(Request.cmd(Command.KEYS).arg("starling:answer:values:*"), LONG))
        .size();
  }
}
