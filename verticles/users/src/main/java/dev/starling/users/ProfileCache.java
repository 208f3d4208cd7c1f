package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.contract.users.UsersContract.UserChanged;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's profiles: from memory while the change feed vouches for them, else from PostgreSQL.
 *
 * <p>Thread-safe; shared by the instances of a node.
 */
final class ProfileCache {
  private final UserStore store;
  private final NearCache<CachedUser> cache;
  private final ChangeFeed feed;
  private final Counter hits;
  private final Counter misses;
  private final Counter bypasses;

  ProfileCache(UserStore store, UsersConfig config, MeterRegistry meters, LongSupplier nanoTime) {
    this.store = store;
    this.cache =
        new NearCache<>(
            config.cacheMaxEntries(),
            config.cacheEntryLife(),
            config.cacheMaxStaleness(),
            nanoTime);
    this.feed =
        new ChangeFeed(
            store, cache, config.cacheMaxStaleness(), config.cachePollInterval(), nanoTime);
    this.hits = reads(meters, "hit");
    this.misses = reads(meters, "miss");
    this.bypasses = reads(meters, "bypass");
    Gauge.builder("users.cache.entries", cache, NearCache::size)
        .description("profiles in the near-cache")
        .register(meters);
    Gauge.builder("users.cache.staleness", feed, ChangeFeed::ageSeconds)
        .description("how far a cached profile can be behind the database")
        .baseUnit("seconds")
        .register(meters);
  }

  ChangeFeed feed() {
    return feed;
  }

  /** The profile if memory has it and may be believed, else null. */
  @Nullable CachedUser cached(String id) {
    if (!feed.isFresh()) {
      bypasses.increment();
      return null;
    }
    CachedUser found = cache.get(id);
    (found == null ? misses : hits).increment();
    return found;
  }

  /**
   * Reads a profile from the database, together with everybody on this node who wants it too.
   *
   * @param context where the future completes
   */
  Future<@Nullable CachedUser> load(UUID id, CallContext call, Context context) {
    NearCache.Loading<CachedUser> loading =
        cache.load(
            id.toString(),
            () ->
                store
                    .byId(id, call)
                    .map(user -> user == null ? null : CachedUser.of(user))
                    .toCompletionStage());
    return Future.fromCompletionStage(loading.outcome(), context)
        .recover(
            failure ->
                loading.joined()
                        && SqlAnswers.isTimeout(failure)
                        && !call.isExpired(System.nanoTime())
                    // Somebody else's time ran out, not this caller's.
                    ? load(id, call, context)
                    : Future.failedFuture(failure));
  }

  /** Somebody, here or on another node, committed a change. */
  void changed(UserChanged change) {
    if (change.deleted()) {
      cache.forget(change.userId());
    } else {
      cache.changed(change.userId(), change.version());
    }
  }

  /** A write from here may have been committed or not. */
  void uncertain(UUID id) {
    cache.forget(id.toString());
  }

  private static Counter reads(MeterRegistry meters, String outcome) {
    return Counter.builder("users.cache.reads")
        .description("profile reads by what the near-cache did")
        .tag("outcome", outcome)
        .register(meters);
  }
}
