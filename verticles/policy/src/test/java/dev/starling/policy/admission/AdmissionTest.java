package dev.starling.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.SheddingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmissionTest {
  private static final SheddingRule SHEDDING = SheddingRule.defaults();

  private final SplittableRandom random = new SplittableRandom(1);
  private final HeapGuard heap = new HeapGuard(SHEDDING, 0);
  private final LoopLagGuard loops = new LoopLagGuard(SHEDDING, 0);
  private final ConcurrencyLimiter limiter =
      new ConcurrencyLimiter(ConcurrencyRule.of("orders", Match.EVERYTHING), 0);
  private final Admission admission = new Admission(heap, loops, new Backoff(0));

  @Test
  void limiter_fillsUp_refusesTheLeastImportantFirst() {
    List<Integer> admitted = new ArrayList<>();
    for (Priority priority :
        List.of(Priority.SHEDDABLE, Priority.NORMAL, Priority.CRITICAL, Priority.OPERATIONS)) {
      while (limiter.tryEnter(priority)) {
        // until it is full for this one
      }
      admitted.add(limiter.inFlight());
    }

    assertThat(admitted).containsExactly(10, 16, 50, 55);
  }

  @Test
  void limiter_limitOfOne_stillLetsOneOfEachIn() {
    ConcurrencyLimiter tiny =
        new ConcurrencyLimiter(new ConcurrencyRule("x", Match.EVERYTHING, 1, 1, 1, false), 0);

    assertThat(tiny.tryEnter(Priority.SHEDDABLE)).isTrue();
    assertThat(tiny.tryEnter(Priority.NORMAL)).isFalse();
    assertThat(tiny.tryEnter(Priority.CRITICAL)).isTrue();
    assertThat(tiny.tryEnter(Priority.CRITICAL)).isFalse();
    tiny.leave(Ending.UNKNOWN, 0, 0);
    assertThat(tiny.tryEnter(Priority.NORMAL)).as("one is inside").isFalse();
    tiny.leave(Ending.UNKNOWN, 0, 0);
    assertThat(tiny.tryEnter(Priority.NORMAL)).isTrue();
  }

  @Test
  void limiter_manyThreads_neverHasMoreThanItsLimit() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  int held = 0;
                  for (int i = 0; i < 50_000; i++) {
                    if (held < 5 && limiter.tryEnter(Priority.NORMAL)) {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      held++;
                    } else if (held > 0) {
                      inside.decrementAndGet();
                      limiter.leave(Ending.UNKNOWN, 0, 0);
                      held--;
                    }
                  }
                  while (held-- > 0) {
                    inside.decrementAndGet();
                    limiter.leave(Ending.UNKNOWN, 0, 0);
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(most.get()).isBetween(1, 16);
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void admission_full_saysWhichClassAndWhenToComeBack() {
    while (limiter.tryEnter(Priority.NORMAL)) {
      // until it is full
    }

    Shed shed = enter(Priority.NORMAL, 0);

    assertThat(shed).isNotNull();
    assertThat(shed.guard()).isEqualTo(Shed.Guard.CONCURRENCY);
    assertThat(shed.rule()).isEqualTo("orders");
    assertThat(shed.threshold()).isEqualTo(16);
    assertThat(shed.observed()).isEqualTo(16);
    assertThat(shed.retryAfterSeconds()).isBetween(1, 2);
  }

  @Test
  void admission_littleMemory_refusesByPriority() {
    heap.collected(85, 0);
    assertThat(enter(Priority.SHEDDABLE, 0)).isNull();

    heap.collected(85.1, 0);
    Shed shed = enter(Priority.SHEDDABLE, 0);
    assertThat(shed).isNotNull();
    assertThat(shed.guard()).isEqualTo(Shed.Guard.HEAP);
    assertThat(shed.threshold()).isEqualTo(85);
    assertThat(shed.observed()).isEqualTo(85.1);
    assertThat(enter(Priority.NORMAL, 0)).isNull();

    heap.collected(92.1, 0);
    assertThat(enter(Priority.NORMAL, 0)).isNotNull();
    assertThat(enter(Priority.CRITICAL, 0)).isNull();
    assertThat(enter(Priority.OPERATIONS, 0)).isNull();
    assertThat(limiter.inFlight()).as("who was refused takes no place").isEqualTo(4);
  }

  @Test
  void guards_switchedOff_admitEverything() {
    SheddingRule off = new SheddingRule(false, Duration.ofMillis(20), 85, 92);
    HeapGuard fullHeap = new HeapGuard(off, 0);
    LoopLagGuard lateLoops = new LoopLagGuard(off, 0);
    fullHeap.collected(99, 0);
    for (int second = 1; second < 100; second++) {
      assertThat(lateLoops.admits(Priority.SHEDDABLE, random)).isTrue();
      lateLoops.lag(Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(second).toNanos());
    }
    assertThat(fullHeap.admits(Priority.SHEDDABLE, 0)).isTrue();
    assertThat(lateLoops.meanLagNanos()).as("it is still measured").isEqualTo(1e9);
  }

  @Test
  void heap_noCollectionFor30Seconds_doesNotRefuseForEver() {
    heap.collected(99, 0);
    long later = Duration.ofSeconds(30).toNanos();

    assertThat(heap.admits(Priority.NORMAL, later)).isFalse();
    assertThat(heap.admits(Priority.NORMAL, later + 1)).isTrue();
  }

  @Test
  void oldGeneration_afterACollection_tellsTheGuard() {
    OldGeneration pool = OldGeneration.find().orElseThrow();
    System.gc();

    pool.poll(heap, 5);

    assertThat(heap.observedPercent(5)).isBetween(0.01, 99.0);
  }

  @Test
  void oldGeneration_withoutACollection_leavesTheFigureToAge() {
    OldGeneration pool = OldGeneration.find().orElseThrow();
    System.gc();
    pool.poll(heap, 0);
    heap.collected(90, 1);

    pool.poll(heap, 2);

    assertThat(heap.observedPercent(2)).isEqualTo(90);
  }

  @Test
  void backoff_longOverload_sendsAwayForLonger() {
    Backoff backoff = new Backoff(0);
    long now = Duration.ofSeconds(100).toNanos();

    assertThat(mostSeconds(backoff, now)).isEqualTo(2);
    now = go(backoff, now, 5);
    assertThat(mostSeconds(backoff, now)).isEqualTo(3);
    now = go(backoff, now, 5);
    assertThat(mostSeconds(backoff, now)).isEqualTo(5);
    now = go(backoff, now, 10);
    assertThat(mostSeconds(backoff, now)).isEqualTo(17);
    now = go(backoff, now, 600);
    assertThat(mostSeconds(backoff, now)).isEqualTo(30);
  }

  @Test
  void backoff_nobodyRefusedForFiveSeconds_beginsAfresh() {
    Backoff backoff = new Backoff(0);
    long now = go(backoff, 0, 60) + Duration.ofSeconds(5).toNanos();

    assertThat(mostSeconds(backoff, now)).isEqualTo(2);
  }

  private @Nullable Shed enter(Priority priority, long now) {
    return admission.enter(limiter, priority, random, now);
  }

  private int mostSeconds(Backoff backoff, long now) {
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 1_000; i++) {
      int seconds = backoff.refuse(now, random);
      most = Math.max(most, seconds);
      least = Math.min(least, seconds);
    }
    assertThat(least).isEqualTo(1);
    return most;
  }

  private long go(Backoff backoff, long from, int seconds) {
    long now = from;
    for (int i = 0; i < seconds; i++) {
      backoff.refuse(now, random);
      now += Duration.ofSeconds(1).toNanos();
    }
    backoff.refuse(now, random);
    return now;
  }
}
