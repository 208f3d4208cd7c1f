package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

final class UncaughtFailuresTest {
  private final Promise<String> promise = Promise.promise();

  @Test
  void secondFailureThroughACallback_isTheKnownOne() {
    promise.complete("first");

    Throwable second = catchThrowable(() -> promise.complete(null, new RuntimeException("late")));

    assertThat(UncaughtFailures.isUnsentFrame(second)).isTrue();
  }

  @Test
  void secondCompletion_byWhoeverOwnsThePromise_isABug() {
    promise.complete("first");

    assertThat(UncaughtFailures.isUnsentFrame(catchThrowable(() -> promise.complete("second"))))
        .isFalse();
    assertThat(UncaughtFailures.isUnsentFrame(catchThrowable(() -> promise.fail("second"))))
        .isFalse();
  }

  @Test
  void otherFailures_areBugs() {
    assertThat(UncaughtFailures.isUnsentFrame(new IllegalStateException("another"))).isFalse();
    assertThat(UncaughtFailures.isUnsentFrame(new NullPointerException())).isFalse();
  }
}
