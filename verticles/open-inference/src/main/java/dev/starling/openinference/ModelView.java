package dev.starling.openinference;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.State;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model as the cluster has it. Immutable.
 *
 * @param places its versions at each node, ordered by version, then node; not empty
 */
record ModelView(String name, List<Place> places) {

  /** A version of the model at a node. */
  record Place(String nodeId, ModelRecord model) {
    boolean isReady() {
      return model.state() == State.READY;
    }
  }

  /** Versions are numbers, and as text where they are not. */
  static final Comparator<String> BY_VERSION =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  ModelView {
    places = List.copyOf(places);
  }

  /** The versions that can be asked now, in ascending order. */
  List<String> readyVersions() {
    return places.stream()
        .filter(Place::isReady)
        .map(place -> place.model.version())
        .distinct()
        .toList();
  }

  boolean has(String version) {
    return version.isEmpty()
        || places.stream().anyMatch(place -> place.model.version().equals(version));
  }

  /**
   * What clients may ask of a version.
   *
   * @param version empty for the one that answers when none is named
   * @return null when no node can be asked now
   */
  @Nullable ModelRecord ready(String version) {
    ModelRecord found = null;
    for (Place place : places) {
      ModelRecord model = place.model;
      if (place.isReady() && (version.isEmpty() || model.version().equals(version))) {
        // Of those that are preferred somewhere the newest, otherwise simply the newest.
        found = found == null || model.preferred() || !found.preferred() ? model : found;
      }
    }
    return found;
  }

  /** Why a version cannot be asked now, as far as its nodes say. */
  String whyNotReady(String version) {
    String reason = "";
    for (Place place : places) {
      ModelRecord model = place.model;
      if (version.isEmpty() || model.version().equals(version)) {
        reason =
            "version "
                + model.version()
                + " is "
                + words(model.state())
                + " at "
                + place.nodeId
                + (model.reason().isEmpty() ? "" : ": " + model.reason());
        if (model.state() == State.LOADING) {
          return reason;
        }
      }
    }
    return reason;
  }

  private static String words(State state) {
    return switch (state) {
      case LOADING -> "being loaded";
      case READY -> "ready";
      case UNLOADING -> "being unloaded";
      case UNAVAILABLE -> "not loaded";
    };
  }
}
