package dev.starling.auth;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(VertxExtension.class)
class HashingPoolTest {
  private static CallContext within(Duration time) {
    return CallContext.expiringAt(
        System.nanoTime() + time.toNanos(), TraceContext.start(new Random(1)));
  }

  private static final CallContext LONG = within(Duration.ofMinutes(5));

  @Test
  void run_queueFull_isRefusedWithoutBeingRun(Vertx vertx) throws InterruptedException {
    try (HashingPool pool = new HashingPool(vertx, 1, 1)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch finish = new CountDownLatch(1);
      AtomicBoolean thirdRan = new AtomicBoolean();
      Future<String> first =
          pool.run(
              LONG,
              () -> {
                begun.countDown();
                finish.await();
                return "first";
              });
      begun.await();
      Future<String> second = pool.run(LONG, () -> "second");

      Future<Boolean> third = pool.run(LONG, () -> thirdRan.getAndSet(true));

      assertThatThrownBy(() -> await(third))
          .isInstanceOfSatisfying(
              BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
      finish.countDown();
      assertThat(await(first)).isEqualTo("first");
      assertThat(await(second)).isEqualTo("second");
      assertThat(thirdRan).isFalse();
    }
  }

  @Test
  void run_deadlinePassedWhileItWaited_isNotRun(Vertx vertx) {
    try (HashingPool pool = new HashingPool(vertx, 1, 1)) {
      AtomicBoolean ran = new AtomicBoolean();

      Future<Boolean> late = pool.run(within(Duration.ZERO), () -> ran.getAndSet(true));

      assertThatThrownBy(() -> await(late))
          .isInstanceOfSatisfying(
              BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXPIRED));
      assertThat(ran).isFalse();
    }
  }

  @Test
  void run_workThrows_failsWithThat(Vertx vertx) {
    try (HashingPool pool = new HashingPool(vertx, 1, 1)) {
      Future<String> failing =
          pool.run(
              LONG,
              () -> {
                throw new IllegalStateException("broken");
              });

      assertThatThrownBy(() -> await(failing)).hasMessage("broken");
    }
  }
}
