package dev.starling.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CoresTest {
  private final Cores cores = new Cores(2);
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  @Test
  void acquire_allTaken_letsTheHigherPriorityGoFirstThenWhoCameFirst() throws Exception {
    cores.acquire(0, 2);
    wants("low", -1, 2);
    wants("first", 0, 2);
    wants("second", 0, 2);
    wants("high", 1, 2);
    cores.release(2);
    join();
    assertThat(order).containsExactly("high", "first", "second", "low");
  }

  @Test
  void acquire_oneThatNeedsMore_isNotPassedByThoseThatNeedLess() throws Exception {
    cores.acquire(0, 1);
    wants("both", 0, 2);
    wants("one", 0, 1);
    // There is a core for it, but it is not its turn.
    assertThat(order).isEmpty();
    cores.release(1);
    join();
    assertThat(order).containsExactly("both", "one");
  }

  @Test
  void acquire_moreThanThereAre_takesThemAll() throws Exception {
    cores.acquire(0, 64);
    wants("next", 0, 1);
    assertThat(order).isEmpty();
    cores.release(64);
    join();
    assertThat(order).containsExactly("next");
    cores.acquire(0, 1);
    cores.acquire(0, 1);
  }

  /** Returns when it waits. */
  private void wants(String name, int priority, int count) {
    Thread thread =
        new Thread(
            () -> {
              cores.acquire(priority, count);
              order.add(name);
              cores.release(count);
            });
    threads.add(thread);
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    }
  }
}
