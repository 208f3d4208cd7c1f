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

  private record Heard(NodeModels models, long atNanos) {}

  private final Map<String, Heard> byNode = new HashMap<>();

  /** Made once for each change of what is known, since each inference looks. */
  private @Nullable SortedMap<String, ModelView> views;

  private List<String> viewsOf = List.of();

  /** A node says what it has. */
  void heard(NodeModels models, long nowNanos) {
    byNode.put(models.nodeId(), new Heard(models, nowNanos));
    views = null;
  }

  /**
   * Forgets nodes that are gone.
   *
   * @param serving the nodes that run models now
   */
  void prune(List<String> serving, long nowNanos) {
    byNode
        .entrySet()
        .removeIf(
            entry ->
                !serving.contains(entry.getKey())
                    && nowNanos - entry.getValue().atNanos > MEMORY.toNanos());
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
    Heard heard = byNode.get(node);
    return heard == null ? List.of() : heard.models.models();
  }
}
