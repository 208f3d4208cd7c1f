package dev.starling.policy.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.starling.policy.cache.CacheAnswer.Given;
import dev.starling.policy.cache.CacheAnswer.Source;
import dev.starling.policy.cache.Flight.Caller;
import dev.starling.policy.cache.Loaded.Use;
import dev.starling.policy.rule.CacheRule;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a rule lets a node give again.
 *
 * <pre>
 *   age     0 ────── ttl ────── + stale-while-revalidate ────── + stale-if-error ──▶
 *   given     FRESH      STALE, and loaded behind          LOADED, else DEGRADED     LOADED
 * </pre>
 *
 * Both stale times begin at {@code ttl}. An answer is DEGRADED only when a load failed within the
 * last second or has just done so.
 *
 * <p>Threading: thread-safe, never blocks; one object serves all event loops of a node. Answers
 * complete on the thread whose load ended, so a caller on an event loop hops back to it.
 *
 * @param <V> an answer, immutable
 */
public final class ResponseCache<V> {
  /** How many may wait for one load. */
  public static final int MAX_FOLLOWERS = 1_000;

  /** How long the second level may take: a hop to a store that is near. */
  static final Duration SECOND_LEVEL_PATIENCE = Duration.ofMillis(50);

  /** After a load that failed an older answer is given for so long before another one is tried. */
  static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  /** What an entry takes besides its key and value: those of the map, of Caffeine, and its own. */
  private static final int OVERHEAD_BYTES = 200;

  private final Cache<CacheKey, Entry<V>> entries;
  private final Map<CacheKey, Flight<V>> flights = new ConcurrentHashMap<>();
  private final LongAdder[] given = new LongAdder[Source.values().length];
  private final CacheRule rule;
  private final ToIntFunction<V> bytes;
  private final @Nullable SecondLevel<V> second;
  private final LongSupplier nanoTime;
  private final long ttl;
  private final long staleUntil;
  private final long degradedUntil;

  /**
   * @param failedNanos when a newer one could last not be had; {@link #loadedNanos} for never
   */
  private record Entry<V>(V value, long loadedNanos, long failedNanos) {}

  /**
   * @param maxBytes how much memory the answers may take
   * @param bytes how much one takes
   * @param second where answers are kept for all nodes; null for nowhere
   * @param nanoTime {@link System#nanoTime()}, or a test's: loads end when nobody passes the time
   *     in
   */
  public ResponseCache(
      CacheRule rule,
      long maxBytes,
      ToIntFunction<V> bytes,
      @Nullable SecondLevel<V> second,
      LongSupplier nanoTime) {
    this.rule = rule;
    this.bytes = bytes;
    this.second = second;
    this.nanoTime = nanoTime;
    this.ttl = rule.ttl().toNanos();
    this.staleUntil = ttl + rule.staleWhileRevalidate().toNanos();
    this.degradedUntil = ttl + rule.staleIfError().toNanos();
    // Each counts as its share at least, so that there are never more than max-entries.
    int least = (int) Math.min(Integer.MAX_VALUE, (maxBytes - 1) / rule.maxEntries() + 1);
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<CacheKey, Entry<V>>weigher((key, entry) -> Math.max(least, weight(key, entry.value)))
            .expireAfterWrite(Duration.ofNanos(Math.max(staleUntil, degradedUntil)))
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .build();
    Arrays.setAll(given, source -> new LongAdder());
  }

  /**
   * An answer from here, or else from the loader, for all who ask at the same time.
   *
   * @param deadlineNanos after which the caller does not care any more
   * @param loader called only if this caller's turn comes
   */
  public CompletionStage<CacheAnswer<V>> answer(
      CacheKey key, long deadlineNanos, long nowNanos, Loader<V> loader) {
    Entry<V> entry = entries.getIfPresent(key);
    if (entry != null) {
      long age = nowNanos - entry.loadedNanos;
      if (age < ttl) {
        return CompletableFuture.completedFuture(given(entry, Source.FRESH, true, nowNanos));
      }
      boolean pausing = isPausing(entry, nowNanos);
      if (age < staleUntil) {
        if (!pausing) {
          refresh(key, loader);
        }
        return CompletableFuture.completedFuture(given(entry, Source.STALE, true, nowNanos));
      }
      if (age < degradedUntil && pausing) {
        return CompletableFuture.completedFuture(given(entry, Source.DEGRADED, true, nowNanos));
      }
    }
    CompletableFuture<CacheAnswer<V>> answer = new CompletableFuture<>();
    join(key, new Caller<>(loader, deadlineNanos, answer), answer);
    return answer;
  }

  /** How many answers of a kind were given since the start. */
  public long given(Source source) {
    return given[source.ordinal()].sum();
  }

  /** About how many answers are kept. */
  public long size() {
    return entries.estimatedSize();
  }

  private void join(CacheKey key, Caller<V> caller, CompletableFuture<CacheAnswer<V>> answer) {
    Flight<V> mine = new Flight<>();
    while (true) {
      Flight<V> running = flights.putIfAbsent(key, mine);
      if (running == null) {
        lookUp(key, mine, caller);
        return;
      }
      switch (running.join(caller, MAX_FOLLOWERS)) {
        case JOINED -> {
          return;
        }
        case CROWDED -> {
          answer.complete(new CacheAnswer.Crowded<>());
          return;
        }
        case OVER -> flights.remove(key, running);
      }
    }
  }

  /** Loads for nobody in particular; who asks meanwhile and needs it follows. */
  private void refresh(CacheKey key, Loader<V> loader) {
    Flight<V> mine = new Flight<>();
    if (flights.putIfAbsent(key, mine) == null) {
      lookUp(key, mine, new Caller<>(loader, 0, null));
    }
  }

  private void lookUp(CacheKey key, Flight<V> flight, Caller<V> leader) {
    SecondLevel<V> store = second;
    if (store == null) {
      lead(key, flight, leader);
      return;
    }
    find(store, key)
        .whenComplete(
            (found, failure) -> {
              Entry<V> entry = found == null || failure != null ? null : adopt(key, found);
              if (entry != null && nanoTime.getAsLong() - entry.loadedNanos < ttl) {
                giveToAll(key, flight, leader, entry, Source.FRESH, true);
              } else {
                lead(key, flight, leader);
              }
            });
  }

  private CompletionStage<SecondLevel.@Nullable Stored<V>> find(
      SecondLevel<V> store, CacheKey key) {
    try {
      return store.find(key, SECOND_LEVEL_PATIENCE);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Keeps what another node loaded, unless what is here is newer. */
  private Entry<V> adopt(CacheKey key, SecondLevel.Stored<V> found) {
    long loaded = nanoTime.getAsLong() - found.age().toNanos();
    Entry<V> entry = new Entry<>(found.value(), loaded, loaded);
    return entries
        .asMap()
        .merge(key, entry, (old, other) -> old.loadedNanos - loaded > 0 ? old : other);
  }

  /* One after the other until one brings something; a loop, since many may fail at once. */
  private void lead(CacheKey key, Flight<V> flight, @Nullable Caller<V> first) {
    Caller<V> leader = first;
    while (leader != null) {
      Caller<V> loading = leader;
      CompletableFuture<Landing<V>> landing =
          begin(loading.loader()).handle(Landing::new).toCompletableFuture();
      Landing<V> landed = landing.getNow(null);
      if (landed == null) {
        landing.thenAccept(later -> lead(key, flight, land(key, flight, loading, later)));
        return;
      }
      leader = land(key, flight, loading, landed);
    }
  }

  private record Landing<V>(@Nullable Loaded<V> loaded, @Nullable Throwable failure) {}

  private CompletionStage<Loaded<V>> begin(Loader<V> loader) {
    try {
      return loader.load();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Who has to load next, or null. */
  private @Nullable Caller<V> land(
      CacheKey key, Flight<V> flight, Caller<V> leader, Landing<V> landing) {
    Loaded<V> loaded = landing.loaded;
    if (loaded == null || loaded.use() == Use.FAILURE) {
      return fail(key, flight, leader, landing);
    }
    if (loaded.use() == Use.KEEP) {
      keep(key, flight, leader, loaded.value());
    } else {
      passOn(key, flight, leader, loaded.value());
    }
    return null;
  }

  private void keep(CacheKey key, Flight<V> flight, Caller<V> leader, V value) {
    long now = nanoTime.getAsLong();
    Entry<V> entry = new Entry<>(value, now, now);
    boolean kept = put(key, entry);
    give(leader, entry, Source.LOADED, kept, now);
    giveToAll(key, flight, null, entry, Source.FRESH, kept);
    SecondLevel<V> store = second;
    if (kept && store != null) {
      store.store(key, value, Duration.ofNanos(Math.max(staleUntil, degradedUntil)));
    }
  }

  private boolean put(CacheKey key, Entry<V> entry) {
    if (bytes.applyAsInt(entry.value) > rule.maxBodyBytes()) {
      entries.invalidate(key);
      return false;
    }
    entries.put(key, entry);
    return true;
  }

  /** Those who waited ask for themselves, all at once: they would be in each other's way. */
  private void passOn(CacheKey key, Flight<V> flight, Caller<V> leader, V value) {
    entries.invalidate(key);
    flights.remove(key, flight);
    giveLoaded(leader, new Loaded<>(value, Use.PASS_ON), null);
    for (Caller<V> caller : flight.end()) {
      begin(caller.loader()).whenComplete((own, failure) -> giveLoaded(caller, own, failure));
    }
  }

  private @Nullable Caller<V> fail(
      CacheKey key, Flight<V> flight, Caller<V> leader, Landing<V> landing) {
    long now = nanoTime.getAsLong();
    Entry<V> old = entries.getIfPresent(key);
    if (old != null && now - old.loadedNanos < Math.max(staleUntil, degradedUntil)) {
      entries.asMap().replace(key, old, new Entry<>(old.value, old.loadedNanos, now));
    }
    if (old != null && now - old.loadedNanos < degradedUntil) {
      giveToAll(key, flight, leader, old, Source.DEGRADED, true);
      return null;
    }
    giveLoaded(leader, landing.loaded, landing.failure);
    Caller<V> next = flight.next();
    while (next != null && next.deadlineNanos() - now <= 0) {
      giveLoaded(next, landing.loaded, landing.failure);
      next = flight.next();
    }
    if (next == null) {
      flights.remove(key, flight);
    }
    return next;
  }

  private void giveLoaded(
      Caller<V> caller, @Nullable Loaded<V> loaded, @Nullable Throwable failure) {
    CompletableFuture<CacheAnswer<V>> answer = caller.answer();
    if (answer == null) {
      return;
    }
    if (loaded == null) {
      answer.completeExceptionally(orUnknown(failure));
    } else {
      given[Source.LOADED.ordinal()].increment();
      answer.complete(new Given<>(loaded.value(), Source.LOADED, 0, false));
    }
  }

  private void giveToAll(
      CacheKey key,
      Flight<V> flight,
      @Nullable Caller<V> leader,
      Entry<V> entry,
      Source source,
      boolean kept) {
    flights.remove(key, flight);
    long now = nanoTime.getAsLong();
    if (leader != null) {
      give(leader, entry, source, kept, now);
    }
    for (Caller<V> caller : flight.end()) {
      give(caller, entry, source, kept, now);
    }
  }

  private boolean isPausing(Entry<V> entry, long nowNanos) {
    return entry.failedNanos != entry.loadedNanos && nowNanos - entry.failedNanos < PAUSE_NANOS;
  }

  private void give(Caller<V> caller, Entry<V> entry, Source source, boolean kept, long nowNanos) {
    CompletableFuture<CacheAnswer<V>> answer = caller.answer();
    if (answer != null) {
      answer.complete(given(entry, source, kept, nowNanos));
    }
  }

  private Given<V> given(Entry<V> entry, Source source, boolean kept, long nowNanos) {
    given[source.ordinal()].increment();
    return new Given<>(entry.value, source, nowNanos - entry.loadedNanos, kept);
  }

  private int weight(CacheKey key, V value) {
    long weight = 2L * key.text().length() + bytes.applyAsInt(value) + OVERHEAD_BYTES;
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }

  private static Throwable orUnknown(@Nullable Throwable failure) {
    return failure == null ? new IllegalStateException("a load ended with nothing") : failure;
  }
}
