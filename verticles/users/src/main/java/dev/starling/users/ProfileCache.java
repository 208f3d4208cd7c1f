package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.postgres.shards.Placement.Place;
import dev.starling.postgres.shards.Shards;
import dev.starling.users.CachedUser.Origin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node's profiles: from memory while the change feed of their database vouches for them, else
 * from PostgreSQL.
 *
 * <p>Thread-safe; shared by the instances of a node.
 */
final class ProfileCache {
  private final UserStore store;
  private final Shards shards;
  private final NearCache<CachedUser> cache;
  private final Map<String, ChangeFeed> feeds;
  private final Counter hits;
  private final Counter misses;
  private final Counter bypasses;

  ProfileCache(
      UserStore store,
      Shards shards,
      UsersConfig config,
      MeterRegistry meters,
      LongSupplier nanoTime) {
    this.store = store;
    this.shards = shards;
    this.cache =
        new NearCache<>(
            config.cacheMaxEntries(),
            config.cacheEntryLife(),
            config.cacheMaxStaleness(),
            nanoTime);
    this.feeds =
        shards.databases().values().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    database -> database.name(),
                    database ->
                        new ChangeFeed(
                            database.name(),
                            new ChangeTable(database.primary()),
                            cache,
                            config.cacheMaxStaleness(),
                            config.cachePollInterval(),
                            nanoTime)));
    this.hits = reads(meters, "hit");
    this.misses = reads(meters, "miss");
    this.bypasses = reads(meters, "bypass");
    Gauge.builder("users.cache.entries", cache, NearCache::size)
        .description("profiles in the near-cache")
        .register(meters);
    feeds.forEach(
        (database, feed) ->
            Gauge.builder("users.cache.staleness", feed, ChangeFeed::ageSeconds)
                .description("how far a cached profile can be behind its database")
                .baseUnit("seconds")
                .tag("database", database)
                .register(meters));
  }

  /** One for each database, by its name. */
  Map<String, ChangeFeed> feeds() {
    return feeds;
  }

  /** Reads the feeds that are due, of databases that have shards; never fails. */
  Future<?> tick() {
    return Future.join(
        shards.placement().byDatabase().keySet().stream()
            .map(database -> feed(database).tick())
            .toList());
  }

  /** Gives connections back; the next looks take others. */
  void release() {
    feeds.values().forEach(ChangeFeed::release);
  }

  /** The profile if memory has it and may be believed, else null. */
  @Nullable CachedUser cached(String id) {
    CachedUser found = cache.get(id);
    if (found == null) {
      misses.increment();
      return null;
    }
    Origin origin = found.origin();
    if (!origin.feed().isFresh()) {
      bypasses.increment();
      return null;
    }
    if (!origin.feed().isCurrent(origin.generation())
        || shards.placement().of(origin.shard()).epoch() != origin.epoch()) {
      cache.drop(id, found);
      misses.increment();
      return null;
    }
    hits.increment();
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
            () -> {
              Origin origin = origin(Shards.of(id));
              return store
                  .byId(id, call)
                  .map(user -> user == null ? null : CachedUser.of(user, origin))
                  .toCompletionStage();
            });
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

  /** Where a read that begins now will go; if it goes elsewhere, the epoch will be another one. */
  private Origin origin(int shard) {
    Place place = shards.placement().of(shard);
    ChangeFeed feed = feed(place.database());
    return new Origin(feed, feed.generation(), shard, place.epoch());
  }

  private ChangeFeed feed(String database) {
    ChangeFeed feed = feeds.get(database);
    if (feed == null) {
      throw new IllegalStateException(
          "database: " + database + " (expected: one of " + feeds.keySet() + ")");
    }
    return feed;
  }

  private static Counter reads(MeterRegistry meters, String outcome) {
    return Counter.builder("users.cache.reads")
        .description("profile reads by what the near-cache did")
        .tag("outcome", outcome)
        .register(meters);
  }
}
