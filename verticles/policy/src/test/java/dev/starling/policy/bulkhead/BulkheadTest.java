package dev.starling.policy.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.bulkhead.Waiter.Refusal;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BulkheadTest {
  private final List<String> events = new ArrayList<>();
  private long now;

  @Test
  void enter_whilePermitsAreLeft_entersAtOnce() {
    Bulkhead bulkhead = bulkhead(2, 0);

    assertThat(enter(bulkhead, "a")).isEqualTo(Entry.Decided.ENTERED);
    assertThat(enter(bulkhead, "b")).isEqualTo(Entry.Decided.ENTERED);
    assertThat(enter(bulkhead, "c")).isEqualTo(Entry.Decided.FULL);

    bulkhead.leave(now);
    assertThat(enter(bulkhead, "d")).isEqualTo(Entry.Decided.ENTERED);
    assertThat(events).isEmpty();
  }

  @Test
  void enter_full_waitsInOrder() {
    Bulkhead bulkhead = bulkhead(1, 2);
    enter(bulkhead, "a");

    assertThat(enter(bulkhead, "b")).isInstanceOf(Waiting.class);
    assertThat(enter(bulkhead, "c")).isInstanceOf(Waiting.class);
    assertThat(enter(bulkhead, "d")).isEqualTo(Entry.Decided.FULL);

    bulkhead.leave(now);
    bulkhead.leave(now);
    assertThat(events).containsExactly("b entered", "c entered");
    assertThat(bulkhead.inside()).isEqualTo(1);
  }

  @Test
  void tick_afterTheLongestWait_refuses() {
    Bulkhead bulkhead = bulkhead(1, 2, Duration.ofMillis(50));
    enter(bulkhead, "a");
    enter(bulkhead, "b");
    advance(20);
    enter(bulkhead, "c");

    advance(30);
    bulkhead.tick(now);
    assertThat(events).isEmpty();

    advance(1);
    bulkhead.tick(now);
    assertThat(events).containsExactly("b WAITED_TOO_LONG");
    assertThat(bulkhead.waiting()).isEqualTo(1);
  }

  @Test
  void leave_whoWaitedTooLong_isNotLetIn() {
    Bulkhead bulkhead = bulkhead(1, 2, Duration.ofMillis(50));
    enter(bulkhead, "a");
    enter(bulkhead, "b");
    advance(40);
    enter(bulkhead, "c");
    advance(11);

    bulkhead.leave(now);

    assertThat(events).containsExactly("b WAITED_TOO_LONG", "c entered");
  }

  @Test
  void leave_queueNotEmptyForLess_servesTheOldest() {
    Bulkhead bulkhead = bulkhead(1, 10);
    enter(bulkhead, "a");
    enter(bulkhead, "old");
    advance(99);
    enter(bulkhead, "b");

    bulkhead.leave(now);

    assertThat(events).containsExactly("old entered");
  }

  @Test
  void leave_queueNotEmptyFor100Millis_servesTheNewestAndRefusesTheOld() {
    Bulkhead bulkhead = bulkhead(1, 10);
    enter(bulkhead, "a");
    enter(bulkhead, "old");
    advance(96);
    enter(bulkhead, "b");
    enter(bulkhead, "c");
    advance(4);

    bulkhead.leave(now);
    assertThat(events).containsExactly("old OVERLOADED", "c entered");

    advance(2);
    bulkhead.tick(now);
    assertThat(events).containsExactly("old OVERLOADED", "c entered", "b OVERLOADED");
  }

  @Test
  void leave_queueThatWasEmptyInBetween_isServedInOrderAgain() {
    Bulkhead bulkhead = bulkhead(1, 10);
    enter(bulkhead, "a");
    enter(bulkhead, "b");
    advance(90);
    bulkhead.leave(now);
    enter(bulkhead, "c");
    enter(bulkhead, "d");
    advance(90);

    bulkhead.leave(now);

    assertThat(events).containsExactly("b entered", "c entered");
  }

  @Test
  void cancel_beforeItsTurn_isNeverCalled() {
    Bulkhead bulkhead = bulkhead(1, 2);
    enter(bulkhead, "a");
    Waiting waiting = (Waiting) enter(bulkhead, "b");
    enter(bulkhead, "c");

    assertThat(waiting.cancel()).isTrue();
    assertThat(waiting.cancel()).isFalse();
    bulkhead.leave(now);

    assertThat(events).containsExactly("c entered");
  }

  @Test
  void cancel_afterItsTurn_saysThatItIsTooLate() {
    Bulkhead bulkhead = bulkhead(1, 1);
    enter(bulkhead, "a");
    Waiting waiting = (Waiting) enter(bulkhead, "b");
    bulkhead.leave(now);

    assertThat(waiting.cancel()).isFalse();
    assertThat(events).containsExactly("b entered");
  }

  @Test
  void close_refusesThoseWhoWaitAndWhoCome() {
    Bulkhead bulkhead = bulkhead(1, 2);
    enter(bulkhead, "a");
    enter(bulkhead, "b");

    bulkhead.close();

    assertThat(events).containsExactly("b CLOSED");
    assertThat(enter(bulkhead, "c")).isEqualTo(Entry.Decided.CLOSED);
    bulkhead.leave(now);
    assertThat(bulkhead.inside()).isZero();
    assertThat(enter(bulkhead, "d")).isEqualTo(Entry.Decided.CLOSED);
  }

  @Test
  void bulkhead_randomTraffic_agreesWithTheModel() {
    for (long seed = 1; seed <= 200; seed++) {
      BulkheadModel.compare(seed, 2_000);
    }
  }

  @Test
  void bulkhead_manyThreads_losesAndDoublesNoPermit() throws Exception {
    int permits = 3;
    int threads = 8;
    Bulkhead bulkhead = bulkhead(permits, 1_000, Duration.ofSeconds(1));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger wanted = new AtomicInteger();
    Runnable work =
        () -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.yield(); // so that others get here, if they may
          inside.decrementAndGet();
          done.incrementAndGet();
        };
    Waiter waiter =
        new Waiter() {
          @Override
          public void entered(long nowNanos) {
            work.run();
            bulkhead.leave(nowNanos);
          }

          @Override
          public void refused(Refusal refusal) {
            throw new AssertionError(refusal);
          }
        };
    together(
        threads,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          for (int i = 0; i < 20_000; i++) {
            Entry entry = bulkhead.enter(waiter, 0);
            if (entry == Entry.Decided.ENTERED) {
              work.run();
              if (random.nextInt(4) == 0) {
                Thread.yield();
              }
              bulkhead.leave(0);
            }
            if (entry instanceof Waiting waiting && random.nextInt(3) == 0 && waiting.cancel()) {
              continue;
            }
            if (entry != Entry.Decided.FULL) {
              wanted.incrementAndGet();
            }
          }
        });

    assertThat(most.get()).isBetween(1, permits);
    assertThat(bulkhead.inside()).isZero();
    assertThat(bulkhead.waiting()).isZero();
    assertThat(done.get()).isEqualTo(wanted.get());
  }

  private interface Seeded {
    void run(long seed);
  }

  private static void together(int threads, Seeded work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        long seed = i;
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  work.run(seed);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Bulkhead bulkhead(int permits, int waiters) {
    return bulkhead(permits, waiters, Duration.ofSeconds(1));
  }

  private static Bulkhead bulkhead(int permits, int waiters, Duration maxWait) {
    return new Bulkhead(
        new BulkheadRule("test", Match.EVERYTHING, null, permits, waiters, maxWait));
  }

  private Entry enter(Bulkhead bulkhead, String name) {
    return bulkhead.enter(new Recording(name, events), now);
  }

  private void advance(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  /** Writes down what it is told. */
  record Recording(String name, List<String> events) implements Waiter {
    @Override
    public void entered(long nowNanos) {
      events.add(name + " entered");
    }

    @Override
    public void refused(Refusal refusal) {
      events.add(name + " " + refusal);
    }
  }
}
