package dev.starling.postgres.shards;

import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a shard's log is after a commit, for whoever then reads from a replica. Thread-safe.
 *
 * @param replicated whether a reader may be behind at all
 */
public record Positions(Shards shards, boolean replicated) {

  /** Those of a node, whose configuration says whether there are replicas. */
  public static Positions of(NodeScope node, Shards shards) {
    boolean replicated =
        node.config("shards", ShardsConfig.defaults()).databases().stream()
            .anyMatch(database -> !database.replicas().isEmpty());
    return new Positions(shards, replicated);
  }

  /**
   * What covers all that was committed to the shard before; null where nobody needs it, or when it
   * cannot be had, since what was committed is committed all the same. Does not fail.
   */
  public Future<@Nullable Position> after(int shard, Duration limit) {
    return replicated
        ? shards
            .position(shard, limit)
            .<@Nullable Position>map(position -> position)
            .otherwiseEmpty()
        : Future.succeededFuture();
  }
}
