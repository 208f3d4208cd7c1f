package dev.starling.openinference;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.openinference.ModelView.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes have which models, by what each said last. Nodes that do not serve (any more) are
 * left out, and forgotten after a while. Not thread-safe.
 */
final class ModelDirectory {
  /** A node may be heard before it is seen to serve, or not be seen for a moment. */
  static final Duration MEMORY = Duration.ofSeconds(30);

  private static final Comparator<Place> ORDER =
      Comparator.comparing((Place place) -> place.model().version(), ModelView.BY_VERSION)
          .thenComparing(Place::nodeId);

  private final Map<String, NodeModels> byNode = new HashMap<>();

  /** Since when those that were heard have not been seen to serve. */
  private final Map<String, Long> goneNanos = new HashMap<>();

  /** Made once for each change of what is known, since each inference looks. */
  private @Nullable SortedMap<String, ModelView> views;

  private List<String> viewsOf = List.of();

  /** A node says what it has. */
  void heard(NodeModels models) {
    byNode.put(models.nodeId(), models);
    views = null;
  }

  /**
   * Forgets nodes that are gone.
   *
   * @param serving the nodes that run models now
   */
  void prune(List<String> serving, long nowNanos) {
    goneNanos.keySet().removeAll(serving);
    byNode
        .keySet()
        .removeIf(
            node ->
                !serving.contains(node)
                    && nowNanos - goneNanos.computeIfAbsent(node, first -> nowNanos)
                        > MEMORY.toNanos());
    goneNanos.keySet().retainAll(byNode.keySet());
  }

  /** Those that serve and have not said what they have. */
  List<String> unheard(List<String> serving) {
    return serving.stream().filter(node -> !byNode.containsKey(node)).toList();
  }

  /** All models, by name. */
  SortedMap<String, ModelView> models(List<String> serving) {
    SortedMap<String, ModelView> known = views;
    if (known == null || !serving.equals(viewsOf)) {
      known = view(serving);
      views = known;
      viewsOf = serving;
    }
    return known;
  }

  /** One model; null when no node has it. */
  @Nullable ModelView find(String name, List<String> serving) {
    return models(serving).get(name);
  }

  /**
   * Whether a node had this which is remembered, but not seen to serve.
   *
   * @param version empty for any
   */
  boolean hadByOthers(String name, String version, List<String> serving) {
    return byNode.values().stream()
        .filter(heard -> !serving.contains(heard.nodeId()))
        .flatMap(heard -> heard.models().stream())
        .anyMatch(
            model ->
                model.name().equals(name)
                    && (version.isEmpty() || model.version().equals(version)));
  }

  private SortedMap<String, ModelView> view(List<String> serving) {
    SortedMap<String, List<Place>> places = new TreeMap<>();
    for (String node : serving) {
      for (ModelRecord model : of(node)) {
        places.computeIfAbsent(model.name(), name -> new ArrayList<>()).add(new Place(node, model));
      }
    }
    SortedMap<String, ModelView> made = new TreeMap<>();
    places.forEach(
        (name, found) -> {
          found.sort(ORDER);
          made.put(name, new ModelView(name, found));
        });
    return Collections.unmodifiableSortedMap(made);
  }

  private List<ModelRecord> of(String node) {
    NodeModels heard = byNode.get(node);
    return heard == null ? List.of() : heard.models();
  }
}
