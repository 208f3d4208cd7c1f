package dev.starling.policy.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.cache.CacheAnswer.Crowded;
import dev.starling.policy.cache.CacheAnswer.Given;
import dev.starling.policy.cache.CacheAnswer.Source;
import dev.starling.policy.cache.Loaded.Use;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResponseCacheTest {
  private static final CacheKey KEY = new CacheKey("a");
  private static final long FAR = Duration.ofDays(1).toNanos();

  private final AtomicLong now = new AtomicLong();
  private final List<CompletableFuture<Loaded<String>>> loads = new ArrayList<>();
  private final ResponseCache<String> cache = cache(null, 1_000_000);

  @Test
  void answer_miss_isLoadedAndKept() {
    CompletionStage<CacheAnswer<String>> first = ask();
    keep(0, "one");

    assertThat(given(first)).isEqualTo(new Given<>("one", Source.LOADED, 0, true));
    advance(Duration.ofSeconds(9));
    assertThat(given(ask())).isEqualTo(new Given<>("one", Source.FRESH, seconds(9), true));
    assertThat(loads).hasSize(1);
  }

  @Test
  void answer_manyMissesAtOnce_loadOnce() {
    List<CompletionStage<CacheAnswer<String>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(ask());
    }
    keep(0, "one");

    assertThat(loads).hasSize(1);
    assertThat(all).allSatisfy(answer -> assertThat(given(answer).value()).isEqualTo("one"));
    assertThat(cache.given(Source.FRESH)).isEqualTo(99);
  }

  @Test
  void answer_staleWhileRevalidate_isGivenAtOnceAndLoadedBehind() {
    fill("old");
    advance(Duration.ofSeconds(10));

    assertThat(given(ask()).source()).isEqualTo(Source.STALE);
    assertThat(given(ask()).source()).isEqualTo(Source.STALE);
    assertThat(loads).as("one refresh").hasSize(2);

    keep(1, "new");
    assertThat(given(ask())).isEqualTo(new Given<>("new", Source.FRESH, 0, true));
  }

  @Test
  void answer_refreshThatFails_isNotTriedAgainForASecond() {
    fill("old");
    advance(Duration.ofSeconds(10));
    ask();
    fail(1);

    assertThat(given(ask()).source()).isEqualTo(Source.STALE);
    assertThat(loads).hasSize(2);

    advance(Duration.ofSeconds(1));
    ask();
    assertThat(loads).hasSize(3);
  }

  @Test
  void answer_staleIfError_isGivenAsDegradedToAllWhoWait() {
    fill("old");
    advance(Duration.ofSeconds(20));
    CompletionStage<CacheAnswer<String>> leader = ask();
    CompletionStage<CacheAnswer<String>> follower = ask();
    fail(1);

    assertThat(given(leader)).isEqualTo(new Given<>("old", Source.DEGRADED, seconds(20), true));
    assertThat(given(follower).source()).isEqualTo(Source.DEGRADED);
    assertThat(given(ask()).source()).as("without another load").isEqualTo(Source.DEGRADED);
    assertThat(loads).hasSize(2);
  }

  @Test
  void answer_tooOldEvenForErrors_isNotGiven() {
    fill("old");
    advance(Duration.ofSeconds(70));
    CompletionStage<CacheAnswer<String>> answer = ask();
    fail(1);

    assertThat(given(answer)).isEqualTo(new Given<>("failed", Source.LOADED, 0, false));
  }

  @Test
  void answer_leaderFails_followersTryOneAfterTheOther() {
    CompletionStage<CacheAnswer<String>> leader = ask();
    CompletionStage<CacheAnswer<String>> second = ask();
    CompletionStage<CacheAnswer<String>> third = ask();

    fail(0);
    assertThat(given(leader).value()).isEqualTo("failed");
    assertThat(second.toCompletableFuture()).isNotDone();
    assertThat(loads).as("one at a time").hasSize(2);

    keep(1, "one");
    assertThat(given(second)).isEqualTo(new Given<>("one", Source.LOADED, 0, true));
    assertThat(given(third)).isEqualTo(new Given<>("one", Source.FRESH, 0, true));
  }

  @Test
  void answer_leaderFails_followerWithoutTimeLeftFailsWithIt() {
    ask();
    CompletionStage<CacheAnswer<String>> hurried = ask(seconds(2));
    CompletionStage<CacheAnswer<String>> patient = ask(seconds(60));
    advance(Duration.ofSeconds(3));

    fail(0);

    assertThat(given(hurried).value()).isEqualTo("failed");
    assertThat(patient.toCompletableFuture()).isNotDone();
    assertThat(loads).hasSize(2);
  }

  @Test
  void answer_thousandFollowersThatFailAtOnce_useNoStack() {
    CompletableFuture<Loaded<String>> slow = new CompletableFuture<>();
    CompletionStage<CacheAnswer<String>> leader = cache.answer(KEY, FAR, 0, () -> slow);
    List<CompletionStage<CacheAnswer<String>>> others = new ArrayList<>();
    for (int i = 0; i < ResponseCache.MAX_FOLLOWERS; i++) {
      others.add(
          cache.answer(
              KEY,
              FAR,
              0,
              () -> CompletableFuture.completedFuture(new Loaded<>("open", Use.FAILURE))));
    }
    slow.complete(new Loaded<>("failed", Use.FAILURE));

    assertThat(given(leader).value()).isEqualTo("failed");
    assertThat(others).allSatisfy(other -> assertThat(given(other).value()).isEqualTo("open"));
  }

  @Test
  void answer_tooManyWait_isCrowded() {
    ask();
    for (int i = 0; i < ResponseCache.MAX_FOLLOWERS; i++) {
      ask();
    }

    assertThat(ask().toCompletableFuture()).isCompletedWithValue(new Crowded<>());
    assertThat(loads).hasSize(1);
  }

  @Test
  void answer_thatIsPassedOn_isNotGivenToOthers() {
    CompletionStage<CacheAnswer<String>> leader = ask();
    CompletionStage<CacheAnswer<String>> second = ask();
    CompletionStage<CacheAnswer<String>> third = ask();

    loads.get(0).complete(new Loaded<>("mine", Use.PASS_ON));

    assertThat(given(leader)).isEqualTo(new Given<>("mine", Source.LOADED, 0, false));
    assertThat(loads).as("the others load at once").hasSize(3);
    loads.get(1).complete(new Loaded<>("second's", Use.PASS_ON));
    loads.get(2).complete(new Loaded<>("third's", Use.PASS_ON));
    assertThat(given(second).value()).isEqualTo("second's");
    assertThat(given(third).value()).isEqualTo("third's");
    assertThat(cache.size()).isZero();
  }

  @Test
  void answer_thatMayNotBeKeptAnyMore_takesTheOldOneWithIt() {
    fill("old");
    advance(Duration.ofSeconds(20));
    ask();
    loads.get(1).complete(new Loaded<>("not found", Use.PASS_ON));

    ask();
    fail(2);
    assertThat(cache.given(Source.DEGRADED)).isZero();
  }

  @Test
  void answer_loaderThatThrows_failsItsCallerOnly() {
    CompletionStage<CacheAnswer<String>> answer =
        cache.answer(
            KEY,
            FAR,
            0,
            () -> {
              throw new IllegalStateException("bug");
            });

    assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
    CompletionStage<CacheAnswer<String>> next = ask();
    keep(0, "one");
    assertThat(given(next).value()).isEqualTo("one");
  }

  @Test
  void answer_largerThanTheRuleAllows_isSharedAndNotKept() {
    CompletionStage<CacheAnswer<String>> leader = ask();
    CompletionStage<CacheAnswer<String>> follower = ask();
    keep(0, "x".repeat(101));

    assertThat(given(leader)).isEqualTo(new Given<>("x".repeat(101), Source.LOADED, 0, false));
    assertThat(given(follower)).isEqualTo(new Given<>("x".repeat(101), Source.FRESH, 0, false));
    assertThat(cache.size()).isZero();
  }

  @Test
  void cache_moreThanItsBytes_evicts() {
    ResponseCache<String> small = cache(null, 10_000);
    for (int i = 0; i < 1_000; i++) {
      small.answer(new CacheKey("key " + i), FAR, 0, () -> done("x".repeat(100)));
    }

    assertThat(small.size()).isBetween(10L, 10_000L / 300);
  }

  @Test
  void cache_moreThanItsEntries_evicts() {
    ResponseCache<String> roomy = cache(null, 1_000_000_000);
    for (int i = 0; i < 1_000; i++) {
      roomy.answer(new CacheKey("key " + i), FAR, 0, () -> done("x"));
    }

    assertThat(roomy.size()).isEqualTo(50);
  }

  @Test
  void secondLevel_hasAFreshOne_nothingIsLoaded() {
    Remote remote = new Remote();
    ResponseCache<String> near = cache(remote, 1_000_000);
    remote.kept.put(KEY, new SecondLevel.Stored<>("theirs", Duration.ofSeconds(4)));

    assertThat(given(near.answer(KEY, FAR, 0, this::load)))
        .isEqualTo(new Given<>("theirs", Source.FRESH, seconds(4), true));
    advance(Duration.ofSeconds(5));
    assertThat(given(near.answer(KEY, FAR, now.get(), this::load)).ageNanos())
        .as("it is kept here, with its age")
        .isEqualTo(seconds(9));
    assertThat(loads).isEmpty();
    assertThat(remote.asked).hasValue(1);
  }

  @Test
  void secondLevel_hasAnOldOne_itIsGivenOnlyIfLoadingFails() {
    Remote remote = new Remote();
    ResponseCache<String> near = cache(remote, 1_000_000);
    remote.kept.put(KEY, new SecondLevel.Stored<>("theirs", Duration.ofSeconds(30)));

    CompletionStage<CacheAnswer<String>> answer = near.answer(KEY, FAR, 0, this::load);
    assertThat(answer.toCompletableFuture()).isNotDone();
    fail(0);

    assertThat(given(answer)).isEqualTo(new Given<>("theirs", Source.DEGRADED, seconds(30), true));
  }

  @Test
  void secondLevel_fails_isAMiss() {
    Remote remote = new Remote();
    remote.broken = true;
    ResponseCache<String> near = cache(remote, 1_000_000);

    CompletionStage<CacheAnswer<String>> answer = near.answer(KEY, FAR, 0, this::load);
    keep(0, "one");

    assertThat(given(answer).value()).isEqualTo("one");
    assertThat(remote.stored).containsExactly("one for PT1M10S");
  }

  @Test
  void answer_manyThreads_loadOneAtATimeOfAKey() throws Exception {
    AtomicIntegerArray running = new AtomicIntegerArray(7);
    AtomicInteger most = new AtomicInteger();
    AtomicInteger loaded = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        all.add(
            pool.submit(
                () -> {
                  start.await();
                  for (int i = 0; i < 5_000; i++) {
                    boolean fails = (i + thread) % 3 != 0;
                    int key = i % running.length();
                    cache
                        .answer(
                            new CacheKey("key " + key),
                            FAR,
                            now.get(),
                            () -> {
                              most.accumulateAndGet(running.incrementAndGet(key), Math::max);
                              Thread.yield(); // so that others get here, if they may
                              running.decrementAndGet(key);
                              loaded.incrementAndGet();
                              return CompletableFuture.completedFuture(
                                  new Loaded<>("x", fails ? Use.FAILURE : Use.KEEP));
                            })
                        .whenComplete((answer, failure) -> answered.incrementAndGet());
                    if (i % 50 == 0) {
                      // Answers become stale, and then too old.
                      advance(Duration.ofSeconds(6));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(answered).as("nobody was forgotten").hasValue(threads * 5_000);
    assertThat(loaded.get()).as("again and again").isGreaterThan(100);
    assertThat(most).hasValue(1);
  }

  private static CacheRule rule() {
    return new CacheRule(
        "test",
        Match.EVERYTHING,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        List.of(),
        50,
        100,
        CacheRule.Store.LOCAL,
        true);
  }

  private ResponseCache<String> cache(@Nullable SecondLevel<String> second, long maxBytes) {
    return new ResponseCache<>(rule(), maxBytes, String::length, second, now::get);
  }

  private CompletionStage<CacheAnswer<String>> ask() {
    return ask(FAR);
  }

  private CompletionStage<CacheAnswer<String>> ask(long deadlineNanos) {
    return cache.answer(KEY, deadlineNanos, now.get(), this::load);
  }

  private CompletionStage<Loaded<String>> load() {
    CompletableFuture<Loaded<String>> load = new CompletableFuture<>();
    loads.add(load);
    return load;
  }

  private static CompletionStage<Loaded<String>> done(String value) {
    return CompletableFuture.completedFuture(new Loaded<>(value, Use.KEEP));
  }

  private void fill(String value) {
    ask();
    keep(loads.size() - 1, value);
  }

  private void keep(int load, String value) {
    loads.get(load).complete(new Loaded<>(value, Use.KEEP));
  }

  private void fail(int load) {
    loads.get(load).complete(new Loaded<>("failed", Use.FAILURE));
  }

  private static Given<String> given(CompletionStage<CacheAnswer<String>> answer) {
    assertThat(answer.toCompletableFuture()).isCompleted();
    return (Given<String>) answer.toCompletableFuture().join();
  }

  private void advance(Duration step) {
    now.addAndGet(step.toNanos());
  }

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  private static final class Remote implements SecondLevel<String> {
    final Map<CacheKey, Stored<String>> kept = new HashMap<>();
    final List<String> stored = new ArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    boolean broken;

    @Override
    public CompletionStage<@Nullable Stored<String>> find(CacheKey key, Duration patience) {
      asked.incrementAndGet();
      return broken
          ? CompletableFuture.failedFuture(new IllegalStateException("down"))
          : CompletableFuture.completedFuture(kept.get(key));
    }

    @Override
    public void store(CacheKey key, String value, Duration life) {
      stored.add(value + " for " + life);
    }
  }
}
