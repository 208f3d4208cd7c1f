package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Metric;
import java.util.UUID;

/**
 * A collection as its row says. Immutable.
 *
 * @param id another one of the same name has another
 */
record Collection(UUID id, UUID owner, String name, int dimension, Metric metric) {
  static final int MAX_DIMENSION = 4096;
}
