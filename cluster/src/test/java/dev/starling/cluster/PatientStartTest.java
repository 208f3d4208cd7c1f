package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.SqlFailure.Kind;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node whose database is busy while it starts. */
@Timeout(30)
class PatientStartTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nowNanos = new AtomicLong();
  private final PatientStart patience = new PatientStart(vertx, nowNanos::get, PAUSE);
  private final AtomicInteger attempts = new AtomicInteger();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"UNAVAILABLE", "TIMEOUT"})
  void start_databaseBusyAtFirst_deploysAnewUntilItIsNot(Kind kind) throws Exception {
    String id = await(patience.start("users", () -> vertx.deployVerticle(failingTwice(kind))));

    assertThat(attempts).hasValue(3);
    assertThat(vertx.deploymentIDs()).containsExactly(id);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"UNAVAILABLE", "TIMEOUT"},
      mode = EnumSource.Mode.EXCLUDE)
  void start_failureThatDoesNotPass_isNotTriedAgain(Kind kind) {
    assertThatThrownBy(
            () -> await(patience.start("users", () -> vertx.deployVerticle(failingTwice(kind)))))
        .hasMessageContaining(kind + ": no connection");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void start_poolExchangedUnderIt_isTriedAgain() throws Exception {
    String started =
        await(
            patience.start(
                "users",
                () ->
                    attempts.incrementAndGet() < 3
                        ? Future.failedFuture(new VertxException("Pool closed", true))
                        : Future.succeededFuture("started")));

    assertThat(started).isEqualTo("started");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void start_bug_isNotTriedAgain() {
    assertThatThrownBy(
            () ->
                await(
                    patience.start(
                        "users",
                        () -> {
                          attempts.incrementAndGet();
                          return Future.failedFuture(new IllegalStateException("a bug"));
                        })))
        .hasMessageContaining("a bug");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void start_databaseBusyForTooLong_failsWithWhatTheDatabaseSaid() {
    assertThatThrownBy(
            () ->
                await(
                    patience.start(
                        "users",
                        () -> {
                          attempts.incrementAndGet();
                          nowNanos.addAndGet(PatientStart.LIMIT.toNanos() / 3);
                          return Future.failedFuture(busy(Kind.UNAVAILABLE));
                        })))
        .hasMessageContaining("no connection: Timeout");
    assertThat(attempts).hasValue(3);
  }

  private Deployable failingTwice(Kind kind) {
    return context ->
        attempts.incrementAndGet() <= 2
            ? Future.failedFuture(busy(kind))
            : Future.succeededFuture();
  }

  private static SqlException busy(Kind kind) {
    return new SqlException(new SqlFailure(kind, "", "", "no connection: Timeout"), null);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
