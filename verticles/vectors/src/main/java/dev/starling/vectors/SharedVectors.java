package dev.starling.vectors;

import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;

/**
 * What the instances of a node share, wherever points are kept.
 *
 * <p>Thread-safe.
 */
record SharedVectors(
    Owners owners,
    CollectionTable collections,
    CollectionCache cache,
    PointTable points,
    Janitor janitor,
    VectorMeters meters) {

  /**
   * @param elsewhere removes points that are not in the shards
   */
  static SharedVectors of(NodeScope node, VectorsConfig config, Janitor.Purge elsewhere) {
    Shards shards = node.resource(Shards.class);
    Members members = node.find(Members.class).orElseGet(() -> Members.alone(node.nodeId()));
    CollectionTable collections = new CollectionTable(shards);
    PointTable points = new PointTable(shards);
    return new SharedVectors(
        new Owners(members),
        collections,
        new CollectionCache(collections),
        points,
        new Janitor(collections, points, elsewhere, config.keepDeleted()),
        new VectorMeters(node.meters()));
  }
}
