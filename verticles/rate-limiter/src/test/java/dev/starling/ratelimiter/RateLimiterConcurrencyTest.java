package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.SECOND;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.costing;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.remaining;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.rule.Per;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RateLimiterConcurrencyTest {
  private static final int THREADS = 4;
  private static final int CALLS = 50_000;

  @Test
  void spend_manyThreadsOneKeyStandingClock_admitsExactlyTheQuota() throws Exception {
    NodeLimits node = limits(per(Per.CONSUMER, "calls", window(60_001, 60)));

    long[] admitted = run(node, () -> 0, seed -> () -> by("ann"));

    assertThat(sum(admitted)).isEqualTo(60_001);
  }

  @Test
  void spend_manyThreadsOneKeyMovingClock_admitsExactlyQuotaAndRefill() throws Exception {
    NodeLimits node = limits(per(Per.CONSUMER, "calls", window(7_001, 1)));
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
    long start = clock.get();

    long[] admitted = run(node, () -> clock.addAndGet(10_000), seed -> () -> costing(by("ann"), 1));

    // The bucket is never full again after the start, so what flowed in was all to be had.
    long elapsed = clock.get() - start;
    long refill = (long) (elapsed * 7_001.0 / SECOND);
    assertThat(sum(admitted)).isBetween(7_001 + refill - 1, 7_001 + refill);
  }

  /**
   * Two policies with different keys, so that a call needs two stripes, and different calls need
   * the same two from both ends: nothing is spent by a refused call, and nobody waits for ever.
   */
  @Test
  void spend_manyThreadsCrossingKeys_spendsFromBothOrNeither() throws Exception {
    int consumers = 40;
    int addresses = 40;
    NodeLimits node =
        limits(
            per(Per.CONSUMER, "mine", window(2_000, 3_600)),
            per(Per.IP, "ours", window(1_700, 3_600)));
    AtomicLongArray byConsumer = new AtomicLongArray(consumers);
    AtomicLongArray byAddress = new AtomicLongArray(addresses);
    List<Worker> workers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      RateLimiter limiter = limiter(node);
      workers.add(
          () -> {
            for (int i = 0; i < CALLS; i++) {
              int consumer = random.nextInt(consumers);
              int address = random.nextInt(addresses);
              int cost = 1 + random.nextInt(3);
              if (limiter.spend(call(consumer, address, cost), 0) instanceof Allowed) {
                byConsumer.addAndGet(consumer, cost);
                byAddress.addAndGet(address, cost);
              }
            }
          });
    }
    together(workers);

    RateLimiter limiter = limiter(node);
    for (int consumer = 0; consumer < consumers; consumer++) {
      for (int address = 0; address < addresses; address++) {
        // Costs more than any bucket holds: reads both and spends nothing.
        var state = limiter.spend(call(consumer, address, 5_000), 0);
        assertThat(remaining(state, "mine")).isEqualTo(2_000 - byConsumer.get(consumer));
        assertThat(remaining(state, "ours")).isEqualTo(1_700 - byAddress.get(address));
      }
    }
    assertThat(node.table().usage().evicted()).isZero();
  }

  private static Spend call(int consumer, int address, int cost) {
    return Calls.call("user" + consumer, "users.get", "192.0.2." + address, cost);
  }

  private interface CallsOf {
    Supplier<Spend> thread(int seed);
  }

  @FunctionalInterface
  private interface Worker {
    void run() throws Exception;
  }

  /** Returns how many calls of each thread were allowed. */
  private static long[] run(NodeLimits node, LongSupplier clock, CallsOf calls) throws Exception {
    long[] admitted = new long[THREADS];
    List<Worker> workers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int self = thread;
      RateLimiter limiter = limiter(node);
      Supplier<Spend> call = calls.thread(thread);
      workers.add(
          () -> {
            long mine = 0;
            for (int i = 0; i < CALLS; i++) {
              if (limiter.spend(call.get(), clock.getAsLong()) instanceof Allowed) {
                mine++;
              }
            }
            admitted[self] = mine;
          });
    }
    together(workers);
    return admitted;
  }

  private static void together(List<Worker> workers) throws Exception {
    CyclicBarrier start = new CyclicBarrier(workers.size());
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Worker worker : workers) {
        running.add(
            threads.submit(
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  worker.run();
                  return null;
                }));
      }
      for (Future<?> future : running) {
        future.get(50, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static long sum(long[] values) {
    long sum = 0;
    for (long value : values) {
      sum += value;
    }
    return sum;
  }
}
