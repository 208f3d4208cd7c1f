package dev.starling.vectors;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Collections that this node has read lately, so that not each search asks the database.
 *
 * <p>Thread-safe. What another node did to a collection is seen after a second at the latest; while
 * the database is away what was known stays known, so that searches go on.
 */
final class CollectionCache {
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MAX_ENTRIES = 10_000;

  /** So that a database that does not answer leaves time for what is known. */
  private static final Duration REFRESH_LIMIT = Duration.ofMillis(250);

  private final CollectionTable table;
  private final Map<Name, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, Entry> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  private record Name(UUID owner, String name) {}

  private record Entry(Collection collection, long readNanos) {}

  CollectionCache(CollectionTable table) {
    this.table = table;
  }

  /** The user's collection of this name. */
  Future<Optional<Collection>> find(UUID owner, String name, Duration limit) {
    Name key = new Name(owner, name);
    Entry known = get(key);
    long now = System.nanoTime();
    if (known != null && now - known.readNanos() < FRESH_NANOS) {
      return Future.succeededFuture(Optional.of(known.collection()));
    }
    Duration patience = known != null && limit.compareTo(REFRESH_LIMIT) > 0 ? REFRESH_LIMIT : limit;
    return table
        .find(owner, name, patience)
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    collection -> put(key, new Entry(collection, now)), () -> forget(owner, name)))
        .recover(
            failure ->
                known == null
                    ? Future.failedFuture(failure)
                    : Future.succeededFuture(Optional.of(known.collection())));
  }

  private synchronized @Nullable Entry get(Name key) {
    return entries.get(key);
  }

  private synchronized void put(Name key, Entry entry) {
    entries.put(key, entry);
  }

  /** The next one to ask reads it. */
  synchronized void forget(UUID owner, String name) {
    entries.remove(new Name(owner, name));
  }
}
