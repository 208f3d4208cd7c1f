package dev.starling.vectors;

import jakarta.validation.constraints.NotNull;
import java.util.List;

/** The collections of a user, by name. */
record CollectionList(@NotNull List<Listed> collections) {

  record Listed(@NotNull String name, @NotNull int dimension, @NotNull String metric) {
    static Listed of(Collection collection) {
      return new Listed(
          collection.name(), collection.dimension(), PointChecks.name(collection.metric()));
    }
  }

  static CollectionList of(List<Collection> collections) {
    return new CollectionList(collections.stream().map(Listed::of).toList());
  }
}
