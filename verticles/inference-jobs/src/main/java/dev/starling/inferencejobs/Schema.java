package dev.starling.inferencejobs;

import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;

/** The tables of this module. */
final class Schema {
  private static final String SERVICE = "inference-jobs";

  private Schema() {}

  /** Makes them in every shard; once a node does it. */
  static Future<Void> prepare(NodeScope node, Shards shards) {
    return Outbox.prepare(node, shards)
        .compose(
            prepared ->
                node.once(
                    "inference-jobs:schema",
                    () ->
                        shards.migrate(
                            SERVICE,
                            "classpath:db/inference-jobs",
                            Schema.class.getClassLoader())));
  }
}
