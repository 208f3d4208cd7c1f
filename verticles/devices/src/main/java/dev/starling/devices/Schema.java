package dev.starling.devices;

import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;

/** The tables that the verticles of this module share; whichever starts first makes them. */
final class Schema {
  private static final String SERVICE = "devices";

  private Schema() {}

  static Future<Void> prepare(NodeScope node, Shards shards) {
    return Outbox.prepare(node, shards)
        .compose(
            prepared ->
                node.once(
                    "devices:schema",
                    () ->
                        shards.migrate(
                            SERVICE, "classpath:db/devices", Schema.class.getClassLoader())));
  }
}
