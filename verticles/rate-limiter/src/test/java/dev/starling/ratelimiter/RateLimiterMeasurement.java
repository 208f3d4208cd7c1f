package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.window;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.rule.Per;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * Measures the processor time of one decision; run by hand, never by the suite.
 *
 * <p>It is a rough figure from one JVM, not a benchmark: each case is warmed up, then measured in
 * rounds of which the median and the fastest are printed, the clock's own cost included. Arguments:
 * the number of threads, 1 unless given.
 */
final class RateLimiterMeasurement {
  private static final int KEYS = 1 << 16;
  private static final int CALLS = 300_000;
  private static final int ROUNDS = 5;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private RateLimiterMeasurement() {}

  public static void main(String[] args) throws InterruptedException {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    NodeLimits one = limits(400_000, per(Per.CONSUMER, "a", window(1_000_000_000, 1)));
    NodeLimits two =
        limits(
            400_000, per(Per.CONSUMER, "a", window(1_000_000_000, 1), window(1_000_000_000, 10)));
    NodeLimits crossed =
        limits(
            400_000,
            per(Per.CONSUMER, "a", window(1_000_000_000, 1)),
            per(Per.IP, "b", window(1_000_000_000, 1)));
    NodeLimits strict = limits(400_000, per(Per.CONSUMER, "a", window(1, 3_600)));
    NodeLimits small = limits(16_384, per(Per.CONSUMER, "a", window(20, 3_600)));

    IntFunction<Spend> hot = i -> call("7b0c6a3e-54c1-4e5e-9d0e-1f2a3b4c5d6e", "192.0.2.17");
    IntFunction<Spend> many = i -> call(uuid(i), "198.51." + (i >> 8 & 255) + "." + (i & 255));
    report("1 window, one key", one, hot, threads);
    report("1 window, 65,536 keys", one, many, threads);
    report("2 windows of one policy, one key", two, hot, threads);
    report("2 windows of one policy, 65,536 keys", two, many, threads);
    report("2 policies, consumer and IPv4, one key each", crossed, hot, threads);
    report("2 policies, consumer and IPv4, 65,536 keys", crossed, many, threads);
    report("1 window, refusing, 65,536 keys", strict, many, threads);
    report("1 window, evicting at almost every call", small, many, threads);
  }

  private static void report(String name, NodeLimits node, IntFunction<Spend> calls, int threads)
      throws InterruptedException {
    Spend[] prepared = new Spend[KEYS];
    for (int i = 0; i < KEYS; i++) {
      prepared[i] = calls.apply(i);
    }
    double[] nanos = new double[ROUNDS];
    LongAdder allowed = new LongAdder();
    for (int round = -3; round < ROUNDS; round++) {
      LongAdder spent = new LongAdder();
      Thread[] workers = new Thread[threads];
      for (int t = 0; t < threads; t++) {
        int offset = t;
        RateLimiter limiter = limiter(node);
        workers[t] =
            new Thread(
                () -> {
                  long start = THREADS.getCurrentThreadCpuTime();
                  long count = spendAll(limiter, prepared, offset);
                  spent.add(THREADS.getCurrentThreadCpuTime() - start);
                  allowed.add(count);
                });
      }
      for (Thread worker : workers) {
        worker.start();
      }
      for (Thread worker : workers) {
        worker.join();
      }
      if (round < 0) {
        allowed.reset();
      } else {
        nanos[round] = (double) spent.sum() / CALLS / threads;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-45s median %4.0f ns, fastest %4.0f ns, %3.0f %% allowed%n",
        name,
        nanos[ROUNDS / 2],
        nanos[0],
        100.0 * allowed.sum() / CALLS / ROUNDS / threads);
  }

  private static long spendAll(RateLimiter limiter, Spend[] calls, int offset) {
    long allowed = 0;
    for (int i = 0; i < CALLS; i++) {
      // A step that is odd visits all keys, without an order that the processor could foresee.
      Spend call = calls[(i * 40_503 + offset) & (KEYS - 1)];
      if (limiter.spend(call, System.nanoTime()) instanceof Allowed) {
        allowed++;
      }
    }
    return allowed;
  }

  /** As an edge makes it: what belongs to the route is the same text for each call. */
  private static Spend call(String consumer, String address) {
    return new Spend(consumer, "", "", "users.get", "GET", "/v1/users/{id}", address, 1, 1_000);
  }

  private static String uuid(int i) {
    Random random = new Random(i);
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
