package dev.starling.users;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Versioned values near to those who read them, loaded once however many ask at the same time, and
 * evicted when a newer version is known to exist.
 *
 * <p>Thread-safe; never blocks. The caller decides whether what is cached may still be believed
 * (see {@link ChangeFeed}). What is absent is not cached.
 *
 * @param <V> the value, immutable
 */
final class NearCache<V extends NearCache.Versioned> {
  /*
   * A load that began before a change may end after the eviction for that change, and would then
   * bring the old value back for good. So an eviction also marks the flight of its key, and a flight
   * stores first, leaves the table second and looks for its mark third: whichever way the two
   * interleave, either the flight sees the mark or the eviction sees the value.
   */
  private final Cache<String, V> values;
  private final ConcurrentHashMap<String, Flight<V>> flights = new ConcurrentHashMap<>();
  private final long joinableNanos;
  private final LongSupplier nanoTime;

  /** A value that knows its place among the versions of itself. */
  interface Versioned {
    long version();
  }

  /**
   * A load that was asked for.
   *
   * @param outcome completes with the value, with null when there is none, or with the loader's
   *     failure, on whichever thread the load ends
   * @param joined true when somebody else had started it
   */
  record Loading<V>(CompletionStage<@Nullable V> outcome, boolean joined) {}

  private static final class Flight<V> {
    final CompletableFuture<@Nullable V> outcome = new CompletableFuture<>();
    final long startedNanos;
    volatile boolean outdated;

    Flight(long startedNanos) {
      this.startedNanos = startedNanos;
    }
  }

  /**
   * @param maxEntries how many values are kept
   * @param entryLife how long a value stays that nobody evicts
   * @param maxStaleness how old the beginning of a load may be for others to join it
   * @param nanoTime {@link System#nanoTime()}, or a test's
   */
  NearCache(int maxEntries, Duration entryLife, Duration maxStaleness, LongSupplier nanoTime) {
    this.values =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfterWrite(entryLife)
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .build();
    this.joinableNanos = maxStaleness.toNanos();
    this.nanoTime = nanoTime;
  }

  /** The cached value, or null. */
  @Nullable V get(String key) {
    return values.getIfPresent(key);
  }

  /**
   * Joins the load of {@code key} that is under way, or starts one.
   *
   * @param loader gives the value, or null when there is none; called at most once, before this
   *     returns, and only when there is no load to join
   */
  Loading<V> load(String key, Supplier<CompletionStage<@Nullable V>> loader) {
    long now = nanoTime.getAsLong();
    Flight<V> started = new Flight<>(now);
    Flight<V> flight =
        flights.merge(
            key,
            started,
            (running, mine) -> now - running.startedNanos <= joinableNanos ? running : mine);
    if (flight != started) {
      return new Loading<>(flight.outcome, true);
    }
    begin(loader).whenComplete((value, failure) -> land(key, started, value, failure));
    return new Loading<>(started.outcome, false);
  }

  /** Evicts what is older than {@code version}. */
  void changed(String key, long version) {
    outdateFlight(key);
    values.asMap().computeIfPresent(key, (same, old) -> old.version() < version ? null : old);
  }

  /** Evicts whatever there is. */
  void forget(String key) {
    outdateFlight(key);
    values.invalidate(key);
  }

  /** Evicts this very value. */
  void drop(String key, V value) {
    values.asMap().remove(key, value);
  }

  /** About how many values are cached. */
  long size() {
    return values.estimatedSize();
  }

  private void outdateFlight(String key) {
    Flight<V> flight = flights.remove(key);
    if (flight != null) {
      flight.outdated = true;
    }
  }

  private CompletionStage<@Nullable V> begin(Supplier<CompletionStage<@Nullable V>> loader) {
    try {
      return loader.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void land(String key, Flight<V> flight, @Nullable V value, @Nullable Throwable failure) {
    if (value == null || flight.outdated) {
      flights.remove(key, flight);
    } else {
      values.asMap().merge(key, value, (old, mine) -> old.version() > mine.version() ? old : mine);
      flights.remove(key, flight);
      if (flight.outdated) {
        values.asMap().remove(key, value);
      }
    }
    if (failure != null) {
      flight.outcome.completeExceptionally(failure);
    } else {
      flight.outcome.complete(value);
    }
  }
}
