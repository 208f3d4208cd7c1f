package dev.starling.imagefeatures;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.TraceContext;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread, room for two pictures that wait, and for 100 bytes. */
@Timeout(60)
class PictureThreadsTest {
  private static final TraceContext TRACE = TraceContext.start(new Random(1));

  private final Vertx vertx = Vertx.vertx();
  private final PictureThreads threads = new PictureThreads(vertx, 1, 2, 100);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void stop() {
    go.countDown();
    threads.close();
    await(vertx.close());
  }

  @Test
  void run_work_isDoneOnAThreadOfItsOwn() {
    String thread = await(threads.run(1, call(), () -> Thread.currentThread().getName()));

    assertThat(thread).isEqualTo("image-features-1");
  }

  @Test
  void run_moreThanMayWait_isOverloaded() throws InterruptedException {
    Future<String> first = occupy();
    Future<String> second = threads.run(1, call(), () -> "second");
    Future<String> third = threads.run(1, call(), () -> "third");

    assertThat(code(threads.run(1, call(), () -> "fourth"))).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(threads.waiting()).isEqualTo(2);
    go.countDown();

    assertThat(await(first)).isEqualTo("first");
    assertThat(await(second)).isEqualTo("second");
    assertThat(await(third)).isEqualTo("third");
  }

  @Test
  void run_moreBytesThanMayWait_isOverloadedUntilThereIsRoom() throws InterruptedException {
    Future<String> first = occupy();

    assertThat(code(threads.run(100, call(), () -> "large"))).isEqualTo(ErrorCode.OVERLOADED);
    Future<String> fits = threads.run(99, call(), () -> "fits");
    go.countDown();

    await(first);
    await(fits);
    assertThat(await(threads.run(100, call(), () -> "large"))).isEqualTo("large");
  }

  @Test
  void run_expiredWhileItWaited_isNotDone() throws InterruptedException {
    occupy();
    Future<String> late =
        threads.run(
            1,
            CallContext.expiringAt(System.nanoTime() - 1, TRACE),
            () -> {
              throw new AssertionError("done all the same");
            });
    go.countDown();

    assertThat(code(late)).isEqualTo(ErrorCode.EXPIRED);
  }

  @Test
  void run_workThatFails_leavesTheThreadToTheNext() {
    Future<String> failed =
        threads.run(
            100,
            call(),
            () -> {
              throw new IllegalStateException("a bug");
            });

    assertThatThrownBy(() -> await(failed)).hasMessage("a bug");
    assertThat(await(threads.run(100, call(), () -> "next"))).isEqualTo("next");
  }

  @Test
  void run_afterClose_isUnavailable() {
    threads.close();

    assertThat(code(threads.run(1, call(), () -> "late"))).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  /** Returns once the only thread works. */
  private Future<String> occupy() throws InterruptedException {
    Future<String> first =
        threads.run(
            1,
            call(),
            () -> {
              begun.countDown();
              go.await();
              return "first";
            });
    assertThat(begun.await(TestNode.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return first;
  }

  private static CallContext call() {
    return CallContext.expiringAt(System.nanoTime() + TestNode.PATIENCE.toNanos(), TRACE);
  }

  private static ErrorCode code(Future<?> failing) {
    try {
      await(failing);
      throw new AssertionError("it did not fail");
    } catch (BusException e) {
      return e.code();
    }
  }
}
