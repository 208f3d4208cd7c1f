package dev.starling.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NearCacheTest {
  private record Versioned(String key, long version) implements NearCache.Versioned {}

  private final AtomicLong nanoTime = new AtomicLong();
  private final NearCache<Versioned> cache =
      new NearCache<>(100, Duration.ofMinutes(10), Duration.ofSeconds(1), nanoTime::get);

  @Test
  void load_missing_isKept() {
    NearCache.Loading<Versioned> loading = cache.load("a", done(version(1)));

    assertThat(loading.joined()).isFalse();
    assertThat(loading.outcome()).isCompletedWithValue(version(1));
    assertThat(cache.get("a")).isEqualTo(version(1));
  }

  @Test
  void load_sameKeyTwiceAtATime_runsOnce() {
    CompletableFuture<@Nullable Versioned> database = new CompletableFuture<>();
    AtomicInteger loads = new AtomicInteger();
    Supplier<CompletionStage<@Nullable Versioned>> loader =
        () -> {
          loads.incrementAndGet();
          return database;
        };
    NearCache.Loading<Versioned> first = cache.load("a", loader);
    NearCache.Loading<Versioned> second = cache.load("a", loader);
    cache.load("b", loader);

    database.complete(version(1));

    assertThat(second.joined()).isTrue();
    assertThat(first.outcome()).isCompletedWithValue(version(1));
    assertThat(second.outcome()).isCompletedWithValue(version(1));
    assertThat(loads).hasValue(2);
  }

  @Test
  void load_whenTheRunningOneIsOld_startsAnother() {
    CompletableFuture<@Nullable Versioned> slow = new CompletableFuture<>();
    cache.load("a", () -> slow);
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(cache.load("a", done(version(9))).joined()).isTrue();

    nanoTime.addAndGet(1);
    assertThat(cache.load("a", done(version(2))).joined()).isFalse();
    assertThat(cache.get("a")).isEqualTo(version(2));

    slow.complete(version(1));
    assertThat(cache.get("a")).as("the slow load saw an older version").isEqualTo(version(2));
  }

  @Test
  void load_failure_reachesAllAndIsNotKept() {
    CompletableFuture<@Nullable Versioned> database = new CompletableFuture<>();
    NearCache.Loading<Versioned> first = cache.load("a", () -> database);
    NearCache.Loading<Versioned> second = cache.load("a", () -> database);
    IllegalStateException down = new IllegalStateException("down");

    database.completeExceptionally(down);

    assertThat(first.outcome().toCompletableFuture().handle((value, failure) -> failure))
        .isCompletedWithValue(down);
    assertThat(second.outcome().toCompletableFuture().handle((value, failure) -> failure))
        .isCompletedWithValue(down);
    assertThat(cache.load("a", done(version(1))).joined()).isFalse();
  }

  @Test
  void load_loaderThrows_isAFailureLikeAnyOther() {
    NearCache.Loading<Versioned> loading =
        cache.load(
            "a",
            () -> {
              throw new IllegalStateException("bug");
            });

    assertThat(loading.outcome().toCompletableFuture()).isCompletedExceptionally();
    assertThat(cache.load("a", done(version(1))).joined()).isFalse();
  }

  @Test
  void load_absent_isNotKept() {
    assertThat(cache.load("a", done(null)).outcome()).isCompletedWithValue(null);
    assertThat(cache.get("a")).isNull();
    assertThat(cache.load("a", done(version(1))).joined()).isFalse();
  }

  @Test
  void changed_byVersion_evictsOnlyWhatIsOlder() {
    cache.load("a", done(version(2)));

    cache.changed("a", 1);
    cache.changed("a", 2);
    assertThat(cache.get("a")).isEqualTo(version(2));

    cache.changed("a", 3);
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void changed_whileLoading_keepsNothingAndLetsNobodyJoin() {
    CompletableFuture<@Nullable Versioned> database = new CompletableFuture<>();
    NearCache.Loading<Versioned> early = cache.load("a", () -> database);

    cache.changed("a", 2);
    assertThat(cache.load("a", done(version(2))).joined()).isFalse();
    cache.forget("a");
    database.complete(version(1));

    assertThat(early.outcome()).isCompletedWithValue(version(1));
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void changed_justBeforeTheValueIsStored_keepsNothing() {
    Runnable nothing = () -> {};
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(nothing);
    // A value is stored with the time, so the clock is asked between the checks of its flight.
    NearCache<Versioned> watched =
        new NearCache<>(
            100,
            Duration.ofMinutes(10),
            Duration.ofSeconds(1),
            () -> {
              meanwhile.getAndSet(nothing).run();
              return 0;
            });
    CompletableFuture<@Nullable Versioned> database = new CompletableFuture<>();
    watched.load("a", () -> database);

    meanwhile.set(() -> watched.changed("a", 2));
    database.complete(version(1));

    assertThat(meanwhile).as("the change came in between").hasValue(nothing);
    assertThat(watched.get("a")).isNull();
  }

  @Test
  void drop_replacedMeanwhile_keepsTheNewValue() {
    cache.load("a", done(version(1)));
    Versioned old = cache.get("a");
    cache.changed("a", 2);
    cache.load("a", done(version(2)));

    cache.drop("a", old);
    assertThat(cache.get("a")).isEqualTo(version(2));

    cache.drop("a", version(2));
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void get_afterItsLife_isGone() {
    cache.load("a", done(version(1)));
    nanoTime.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
    assertThat(cache.get("a")).isNotNull();

    nanoTime.addAndGet(1);
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void load_moreThanFits_staysWithinTheBound() {
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      cache.load(key, done(new Versioned(key, 1)));
    }
    assertThat(cache.size()).isLessThanOrEqualTo(100);
  }

  @Test
  void anything_interleaved_neverKeepsAnOldVersion() throws Exception {
    Map<String, AtomicLong> database = new ConcurrentHashMap<>();
    for (int i = 0; i < 4; i++) {
      database.put("k" + i, new AtomicLong(1));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 200; round++) {
        List<Future<?>> work = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
          Random random = new Random(round * 8L + thread);
          work.add(threads.submit(() -> readAndWrite(database, random)));
        }
        for (Future<?> part : work) {
          part.get(30, TimeUnit.SECONDS);
        }
        database.forEach(
            (key, version) -> {
              Versioned kept = cache.get(key);
              assertThat(kept == null ? version.get() : kept.version())
                  .as(key)
                  .isEqualTo(version.get());
            });
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void readAndWrite(Map<String, AtomicLong> database, Random random) {
    for (int i = 0; i < 50; i++) {
      String key = "k" + random.nextInt(4);
      if (random.nextInt(8) == 0) {
        cache.changed(key, database.get(key).incrementAndGet());
      } else if (cache.get(key) == null) {
        cache.load(
            key,
            () -> {
              // What a slow query saw: other threads may write between here and its landing.
              Versioned read = new Versioned(key, database.get(key).get());
              Thread.yield();
              return CompletableFuture.completedFuture(read);
            });
      }
    }
  }

  private static Versioned version(long version) {
    return new Versioned("a", version);
  }

  private static Supplier<CompletionStage<@Nullable Versioned>> done(@Nullable Versioned value) {
    return () -> CompletableFuture.completedFuture(value);
  }
}
