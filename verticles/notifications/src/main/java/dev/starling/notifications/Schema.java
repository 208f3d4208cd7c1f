package dev.starling.notifications;

import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;

/** The tables that the verticles of this module share; whichever starts first makes them. */
final class Schema {
  /** Of the configuration, likewise. */
  static final String SECTION = "notifications";

  private Schema() {}

  static Future<Void> prepare(NodeScope node, Shards shards) {
    return Outbox.prepare(node, shards)
        .compose(
            prepared ->
                node.once(
                    "notifications:schema",
                    () ->
                        shards.migrate(
                            SECTION, "classpath:db/notifications", Schema.class.getClassLoader())));
  }
}
