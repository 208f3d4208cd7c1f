package dev.starling.users;

import static dev.starling.users.UserStore.atUtc;
import static dev.starling.users.UserStore.remaining;
import static dev.starling.users.UserStore.run;

import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.PageCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All users in the order of their creation: one statement for each database, merged.
 *
 * <p>Thread-safe. It fails when one of the databases does: a list with holes would be taken for the
 * whole.
 */
final class UserList {
  private static final ShardSql PAGE =
      new ShardSql(
          "SELECT "
              + UserStore.COLUMNS
              + " FROM {shard}.users WHERE (created_at, id) > ($1, $2)"
              + " ORDER BY created_at, id LIMIT $3");

  private static final Comparator<User> ORDER =
      Comparator.comparing(User::createdAt).thenComparing(User::id, UserList::asStored);

  private final Shards shards;

  UserList(Shards shards) {
    this.shards = shards;
  }

  /**
   * At most {@code limit} users behind the cursor.
   *
   * @param after null for the beginning
   */
  Future<List<User>> page(@Nullable PageCursor after, int limit, CallContext call) {
    PageCursor from = after == null ? PageCursor.START : after;
    Tuple arguments = Tuple.of(atUtc(from.at()), from.id(), limit);
    List<Future<List<User>>> parts = new ArrayList<>();
    // Read once, so that each shard is asked for once, though it may move meanwhile.
    for (Map.Entry<String, List<Integer>> held : shards.placement().byDatabase().entrySet()) {
      ShardDatabase database = shards.databases().get(held.getKey());
      parts.add(part(database, held.getValue(), arguments, call));
    }
    return merged(parts, limit);
  }

  private Future<List<User>> part(
      ShardDatabase database, List<Integer> held, Tuple arguments, CallContext call) {
    return database
        .primary()
        .read(remaining(call), c -> run(c, together(held), arguments))
        .map(UserStore::all)
        .recover(
            failure ->
                Shards.isNotThere(failure)
                    ? oneByOne(held, arguments, call)
                    : Future.failedFuture(failure));
  }

  /** For the moment in which a shard moves: each is found where it is. */
  private Future<List<User>> oneByOne(List<Integer> held, Tuple arguments, CallContext call) {
    List<Future<List<User>>> parts = new ArrayList<>();
    for (int shard : held) {
      parts.add(
          shards
              .read(shard, remaining(call), c -> run(c, PAGE.in(shard), arguments))
              .map(UserStore::all));
    }
    return merged(parts, arguments.getInteger(2));
  }

  private static Future<List<User>> merged(List<Future<List<User>>> parts, int limit) {
    return Future.all(parts)
        .map(
            all ->
                parts.stream()
                    .flatMap(part -> part.result().stream())
                    .sorted(ORDER)
                    .limit(limit)
                    .toList());
  }

  private static String together(List<Integer> held) {
    return held.stream()
        .map(shard -> "(" + PAGE.in(shard) + ")")
        .collect(Collectors.joining(" UNION ALL ", "", " ORDER BY created_at, id LIMIT $3"));
  }

  /** PostgreSQL compares the bytes, {@link UUID#compareTo} two signed numbers. */
  private static int asStored(UUID one, UUID other) {
    int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
  }
}
