package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UntilDoneTest {
  private final Vertx vertx = Vertx.vertx();
  private final Deque<Promise<Void>> attempts = new ArrayDeque<>();
  private final Promise<Void> second = Promise.promise();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void begin_attemptThatFails_isMadeAgain() throws Exception {
    UntilDone work = untilDone(Duration.ofMillis(1));
    on(work::begin);

    on(() -> attempts.getLast().fail("not yet"));

    second.future().await(10, TimeUnit.SECONDS);
  }

  @Test
  void begin_whileItIsAtIt_doesNothing() throws Exception {
    UntilDone work = untilDone(Duration.ofMillis(1));

    on(work::begin);
    on(work::begin);

    assertThat(attempts).hasSize(1);
  }

  @Test
  void begin_whenItIsDone_triesAnew() throws Exception {
    UntilDone work = untilDone(Duration.ofMillis(1));
    on(work::begin);
    on(() -> attempts.getLast().complete());

    on(work::begin);

    assertThat(attempts).hasSize(2);
  }

  @Test
  void begin_workThatThrows_isAFailure() throws Exception {
    Promise<Void> again = Promise.promise();
    Deque<Integer> times = new ArrayDeque<>();
    UntilDone work =
        new UntilDone(
            vertx,
            "A test",
            () -> {
              times.add(1);
              if (times.size() == 1) {
                throw new IllegalStateException("a mistake");
              }
              again.complete();
              return Future.succeededFuture();
            },
            Duration.ofMillis(1));

    on(work::begin);

    again.future().await(10, TimeUnit.SECONDS);
  }

  @Test
  void close_afterAFailure_triesNoMore() throws Exception {
    UntilDone work = untilDone(Duration.ofHours(1));
    on(work::begin);
    on(() -> attempts.getLast().fail("not yet"));

    on(work::close);
    on(work::begin);

    assertThat(attempts).hasSize(1);
  }

  private UntilDone untilDone(Duration firstPause) {
    return new UntilDone(
        vertx,
        "A test",
        () -> {
          Promise<Void> attempt = Promise.promise();
          attempts.add(attempt);
          if (attempts.size() == 2) {
            second.complete();
          }
          return attempt.future();
        },
        firstPause);
  }

  private final io.vertx.core.Context context = vertx.getOrCreateContext();

  /** On one context, as verticles do; completes when it has run. */
  private void on(Runnable step) throws Exception {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          step.run();
          done.complete();
        });
    done.future().await(10, TimeUnit.SECONDS);
  }
}
