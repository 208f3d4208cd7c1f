package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SharedDirectoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path home;

  @Test
  void underControl_manyThreads_oneAtATime() throws Exception {
    SharedDirectory shared = SharedDirectory.at(home);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Future<?>[] results = new Future<?>[8];
      for (int i = 0; i < results.length; i++) {
        results[i] =
            threads.submit(
                () ->
                    shared.underControl(
                        PATIENCE,
                        () -> {
                          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          Thread.onSpinWait();
                          return inside.decrementAndGet();
                        }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void underControl_heldTooLong_saysWhatItWaitedFor() throws Exception {
    SharedDirectory shared = SharedDirectory.at(home);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> holder =
          threads.submit(
              () ->
                  shared.underControl(
                      PATIENCE,
                      () -> {
                        held.countDown();
                        try {
                          release.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        return 0;
                      }));
      held.await();
      assertThatThrownBy(() -> shared.underControl(Duration.ofMillis(20), () -> 0))
          .isInstanceOf(PostgresException.class)
          .hasMessageContaining("control.lock: held by another")
          .hasMessageContaining("PT0.02S");
      release.countDown();
      holder.get();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void underControl_workFails_releasesControl() {
    SharedDirectory shared = SharedDirectory.at(home);
    assertThatThrownBy(
            () ->
                shared.underControl(
                    PATIENCE,
                    () -> {
                      throw new IllegalStateException("mine");
                    }))
        .hasMessage("mine");
    assertThat(shared.<Integer>underControl(PATIENCE, () -> 7)).isEqualTo(7);
  }

  @Test
  void at_sameDirectory_isTheSameInstance() {
    assertThat(SharedDirectory.at(home)).isSameAs(SharedDirectory.at(home));
  }

  @Test
  void attach_counted_lastDetachRemovesTheFile() throws Exception {
    SharedDirectory shared = SharedDirectory.at(home);
    shared.attach("here");
    shared.attach("here");
    assertThat(shared.others()).isEmpty();
    assertThat(home.resolve("attached")).isNotEmptyDirectory();
    assertThat(shared.detach()).isTrue();
    assertThat(shared.detach()).isFalse();
    assertThat(home.resolve("attached")).isEmptyDirectory();
  }

  @Test
  void others_fileOfADeadProcess_isForgotten() throws Exception {
    Path attached = Files.createDirectories(home.resolve("attached"));
    Files.writeString(attached.resolve("dead.lock"), "elsewhere");
    assertThat(SharedDirectory.at(home).others()).isEmpty();
    assertThat(attached).isEmptyDirectory();
  }
}
