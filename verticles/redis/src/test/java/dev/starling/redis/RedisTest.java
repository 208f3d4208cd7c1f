package dev.starling.redis;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.redis.RedisException.Reason;
import dev.starling.sdk.Secret;
import dev.starling.testkit.TestRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real server, which is killed, frozen and started again. */
@Timeout(60)
class RedisTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Script ADD = Script.of("return redis.call('INCRBY', KEYS[1], ARGV[1])");

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestRedis server = TestRedis.start("requirepass hidden");
  private @Nullable Redis redis;

  @AfterEach
  void stop() {
    if (redis != null) {
      await(redis.close());
    }
    await(vertx.close());
    server.close();
  }

  @Test
  void command_onAServerWithAPassword_isAnswered() {
    start("hidden");

    assertThat(await(redis().send(Request.cmd(Command.ECHO).arg("zoë"), LIMIT)).toString())
        .isEqualTo("zoë");
    assertThat(redis().isUp()).isTrue();
    assertThat(meters.get("redis.up").gauge().value()).isEqualTo(1);
    assertThat(meters.get("redis.commands").tag("outcome", "answered").timer().count())
        .isEqualTo(1);
  }

  @Test
  void start_wrongPassword_isAwayAndFailsAtOnce() {
    start("wrong");

    assertThat(redis().isUp()).isFalse();
    assertFails(redis().send(Request.cmd(Command.PING), LIMIT), Reason.AWAY);
  }

  @Test
  void runAll_scriptThatTheServerDoesNotKnow_isSentAlong() {
    start("hidden");

    assertThat(add(1, 2, 3)).containsExactly(1, 3, 6);
    await(redis().send(Request.cmd(Command.SCRIPT).arg("FLUSH"), LIMIT));
    assertThat(add(10)).containsExactly(16);
  }

  @Test
  void run_scriptThatFails_isRefusedWithItsMessage() {
    start("hidden");
    Script wrong = Script.of("return redis.call('INCR', KEYS[1], 'too many')");

    assertFails(redis().run(wrong, run(1), LIMIT), Reason.REFUSED);
  }

  @Test
  void command_serverFrozen_endsByItsLimitThenFailsAtOnceUntilItThaws() {
    start("hidden");
    long timeouts = 0;
    server.freeze();

    RedisException failure;
    do {
      failure = failureOf(redis().send(Request.cmd(Command.PING), Duration.ofMillis(20)));
      timeouts += failure.reason() == Reason.TIMEOUT ? 1 : 0;
    } while (failure.reason() != Reason.AWAY);

    assertThat(timeouts).isPositive();
    server.thaw();
    awaitUp();
    assertThat(add(1)).containsExactly(1);
  }

  @Test
  void server_killedAndStartedAgain_isFoundByItself() {
    start("hidden");
    assertThat(add(5)).containsExactly(5);

    server.kill();
    RedisException failure;
    do {
      failure = failureOf(redis().send(Request.cmd(Command.PING), LIMIT));
      assertThat(failure.reason()).as(failure.getMessage()).isIn(Reason.LOST, Reason.AWAY);
    } while (failure.reason() != Reason.AWAY);
    assertThat(meters.get("redis.up").gauge().value()).isZero();

    server.restart();
    awaitUp();
    // Empty, and without the script.
    assertThat(add(7)).containsExactly(7);
    assertThat(meters.get("redis.connections").counter().count()).isGreaterThan(2);
  }

  @Test
  void command_moreThanMayWait_failsAtOnce() {
    redis =
        await(
            Redis.start(
                vertx,
                new RedisConfig(
                    server.uri(), new Secret("hidden"), 1, 3, Duration.ofMillis(20), LIMIT),
                meters,
                new Random(1)));
    Request ping = Request.cmd(Command.PING);

    assertFails(redis().sendAll(List.of(ping, ping, ping, ping), LIMIT), Reason.BUSY);
    assertThat(await(redis().sendAll(List.of(ping, ping, ping), LIMIT))).hasSize(3);
  }

  private void start(String password) {
    redis =
        await(
            Redis.start(
                vertx,
                new RedisConfig(
                    server.uri(),
                    new Secret(password),
                    2,
                    100,
                    Duration.ofMillis(20),
                    Duration.ofSeconds(1)),
                meters,
                new Random(1)));
  }

  private Redis redis() {
    if (redis == null) {
      throw new IllegalStateException("not started");
    }
    return redis;
  }

  private List<Integer> add(int... numbers) {
    List<Script.Run> runs = IntStream.of(numbers).mapToObj(RedisTest::run).toList();
    return await(redis().runAll(ADD, runs, LIMIT)).stream().map(Response::toInteger).toList();
  }

  private static Script.Run run(int number) {
    return new Script.Run(List.of("sum"), List.of(Integer.toString(number)));
  }

  /** Until every connection is there again: a call is sent on each in turn. */
  private void awaitUp() {
    int inARow = 0;
    while (inARow < 4) {
      Future<Response> pong = redis().send(Request.cmd(Command.PING), LIMIT);
      inARow =
          await(pong.transform(done -> Future.succeededFuture(done.succeeded()))) ? inARow + 1 : 0;
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  private static void assertFails(Future<?> future, Reason reason) {
    assertThatThrownBy(() -> await(future))
        .isInstanceOfSatisfying(
            RedisException.class,
            failure -> assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason));
  }

  /** The failure, or one without meaning when there is none yet. */
  private static RedisException failureOf(Future<?> future) {
    return await(
        future.transform(
            done ->
                Future.succeededFuture(
                    done.cause() instanceof RedisException failure
                        ? failure
                        : new RedisException(Reason.LOST, "answered"))));
  }
}
