package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Metric;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of a point, to be written or as it was read. Immutable.
 *
 * @param id empty in the row which says that the collection was deleted
 * @param vector as it was given; null when the point was deleted. Nobody writes to it
 */
// Nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record PointChange(
    UUID collection, String id, Metric metric, float @Nullable [] vector, String attributes) {

  boolean isDeleted() {
    return vector == null;
  }

  boolean isEndOfCollection() {
    return id.isEmpty();
  }
}
