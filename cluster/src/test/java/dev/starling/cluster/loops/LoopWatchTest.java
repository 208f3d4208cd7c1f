package dev.starling.cluster.loops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopWatchTest {
  private static final Culprits CULPRITS =
      new Culprits(Map.of("dev.starling.cluster.loops", "greeting"));

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong computed = new AtomicLong();
  private final List<String> events = new ArrayList<>();
  private final LoopListener recording =
      new LoopListener() {
        @Override
        public void lag(long lagNanos, long nowNanos) {
          events.add("lag " + lagNanos / 1_000_000);
        }

        @Override
        public void blocked(String loop, String verticle, StackTraceElement[] stack) {
          events.add("blocked by " + verticle);
        }

        @Override
        public void freed(String loop, String verticle, Duration held) {
          events.add("freed after " + held.toMillis());
        }
      };
  private final LoopWatch watch = new LoopWatch(CULPRITS, recording, now::get, computed::get);

  @Test
  void watch_loopThatStops_isToldOncePerEpisode() {
    LoopPulse pulse = watch.add(Thread.currentThread());
    advanceLooking(100);
    assertThat(events).containsExactly("blocked by greeting");

    advanceLooking(500);
    assertThat(watch.lagSeconds()).isEqualTo(0.58);
    computed.set(millis(600));
    watch.beat(pulse, millis(20));
    advanceLooking(10);

    assertThat(events).containsExactly("blocked by greeting", "lag 580", "freed after 600");
  }

  @Test
  void watch_loopThatStandsBehindOtherThreads_isLateByWhatItComputed() {
    LoopPulse pulse = watch.add(Thread.currentThread());
    beatAfter(pulse, 100, 25);
    assertThat(events).as("a quarter of 80 ms").containsExactly("lag 20");
    assertThat(watch.lagSeconds()).as("as late as it was").isEqualTo(0.08);

    beatAfter(pulse, 100, 100);
    beatAfter(pulse, 100, 0);
    beatAfter(pulse, 20, 20);
    assertThat(events).containsExactly("lag 20", "lag 80", "lag 0", "lag 0");
  }

  private void beatAfter(LoopPulse pulse, long millis, long computedMillis) {
    long due = now.get() + millis(20);
    now.addAndGet(millis(millis));
    computed.addAndGet(millis(computedMillis));
    watch.beat(pulse, due);
  }

  @Test
  void watch_processThatStoodStill_blamesNobody() {
    watch.add(Thread.currentThread());
    now.addAndGet(millis(10_000));
    watch.look();
    advanceLooking(70);

    assertThat(events).isEmpty();
  }

  @Test
  void loopThatWaitsForSockets_isHeldByNobody() {
    assertThat(Culprits.waitsForWork(stack("io.netty.channel.uring.Native", "ioUringEnter", -2)))
        .isTrue();
    assertThat(Culprits.waitsForWork(stack("io.netty.channel.epoll.Native", "epollWait", -2)))
        .isTrue();
    assertThat(Culprits.waitsForWork(stack("java.net.SocketInputStream", "socketRead0", -2)))
        .isFalse();
    assertThat(Culprits.waitsForWork(stack("dev.example.Greeting", "epollWait", 7))).isFalse();
    assertThat(Culprits.waitsForWork(new StackTraceElement[0])).isFalse();
  }

  /**
   * @param line -2 for a native method
   */
  private static StackTraceElement[] stack(String type, String method, int line) {
    return new StackTraceElement[] {new StackTraceElement(type, method, null, line)};
  }

  @Test
  void watch_loopThatIsGone_isForgotten() {
    watch.remove(watch.add(Thread.currentThread()));
    advanceLooking(1_000);

    assertThat(events).isEmpty();
    assertThat(watch.lagSeconds()).isZero();
  }

  @Test
  void culprits_topmostVerticle_isBlamed() {
    Culprits culprits = new Culprits(Map.of("dev.starling.users", "users", "com.acme", "acme"));
    StackTraceElement library = frame(null, "java.lang.Thread");
    StackTraceElement users = frame(null, "dev.starling.users.sql.Store");
    StackTraceElement acme = frame(null, "com.acme.Acme");

    assertThat(culprits.find(new StackTraceElement[] {library, users, acme})).isEqualTo("users");
    assertThat(culprits.find(new StackTraceElement[] {acme, users})).isEqualTo("acme");
    assertThat(culprits.find(new StackTraceElement[] {library})).isEqualTo(Culprits.NONE);
    assertThat(culprits.find(new StackTraceElement[] {frame(null, "dev.starling.usersx.A")}))
        .isEqualTo(Culprits.NONE);
    assertThat(culprits.find(new StackTraceElement[] {frame("verticles", "org.other.Lib"), acme}))
        .isEqualTo(Culprits.DROPPED_IN);
  }

  @Test
  void watch_loopThatIsReallyHeld_isBlamedOnWhoHoldsIt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<String> blocked = new CompletableFuture<>();
    CompletableFuture<Duration> freed = new CompletableFuture<>();
    CompletableFuture<Long> lag = new CompletableFuture<>();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    LoopMeters metered = new LoopMeters(meters, (late, at) -> lag.complete(late));
    LoopListener waiting =
        new LoopListener() {
          @Override
          public void lag(long lagNanos, long nowNanos) {
            metered.lag(lagNanos, nowNanos);
          }

          @Override
          public void blocked(String loop, String verticle, StackTraceElement[] stack) {
            metered.blocked(loop, verticle, stack);
            blocked.complete(verticle);
          }

          @Override
          public void freed(String loop, String verticle, Duration held) {
            metered.freed(loop, verticle, held);
            freed.complete(held);
          }
        };
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    try (LoopWatch real = LoopWatch.start(CULPRITS, waiting)) {
      metered.bind(real);
      vertx
          .deployVerticle(real::probe, new DeploymentOptions().setInstances(2))
          .await(10, TimeUnit.SECONDS);
      assertThat(lag.get(10, TimeUnit.SECONDS)).isNotNegative();

      vertx.getOrCreateContext().runOnContext(go -> hold(release));

      assertThat(blocked.get(10, TimeUnit.SECONDS)).isEqualTo("greeting");
      assertThat(meters.get("eventloop.lag").gauge().value()).isPositive();
      release.countDown();
      assertThat(freed.get(10, TimeUnit.SECONDS))
          .isGreaterThanOrEqualTo(Duration.ofNanos(LoopState.BLOCKED_NANOS));
      assertThat(meters.get("eventloop.blocked").tag("verticle", "greeting").counter().count())
          .isPositive();
    } finally {
      release.countDown();
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static void hold(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void advanceLooking(long millis) {
    for (long i = 0; i < millis; i += 10) {
      now.addAndGet(millis(10));
      watch.look();
    }
  }

  private static StackTraceElement frame(@Nullable String loader, String type) {
    return new StackTraceElement(loader, null, null, type, "run", "A.java", 1);
  }

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
