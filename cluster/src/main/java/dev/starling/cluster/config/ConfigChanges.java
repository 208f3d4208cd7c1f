package dev.starling.cluster.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.Instances;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration that was read again changes.
 *
 * @param problem why it cannot be used; empty when it can
 * @param instances the verticles that are to have another number of instances than they were last
 *     configured to have
 * @param needRestart the keys that differ from what the node was started with and cannot be changed
 *     while it runs
 */
public record ConfigChanges(
    String problem, SortedMap<String, Integer> instances, List<String> needRestart) {

  public static ConfigChanges none(String problem) {
    return new ConfigChanges(problem, new TreeMap<>(), List.of());
  }

  /**
   * @param started what the node was started with
   * @param lastGood what was read last before this and could be used
   */
  public static ConfigChanges of(LoadedConfig started, LoadedConfig lastGood, LoadedConfig read) {
    SortedMap<String, Integer> instances = new TreeMap<>();
    List<String> needRestart = new ArrayList<>();
    SortedMap<String, JsonNode> before = leaves(started.tree());
    SortedMap<String, JsonNode> now = leaves(read.tree());
    SortedSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(now.keySet());
    for (String key : keys) {
      if (!isInstances(key) && !same(before.get(key), now.get(key))) {
        needRestart.add(key);
      }
    }
    read.verticles()
        .instances()
        .forEach(
            (verticle, wanted) -> {
              Instances atStart = started.verticles().instances().get(verticle);
              Instances last = lastGood.verticles().instances().get(verticle);
              if (wanted.isPerLoop() != atStart.isPerLoop()) {
                needRestart.add("verticles." + verticle + ".instances");
              } else if (!wanted.isPerLoop()
                  && !wanted.equals(last)
                  && started.verticles().runs(verticle)) {
                instances.put(verticle, wanted.count());
              }
            });
    return new ConfigChanges("", instances, needRestart.stream().sorted().toList());
  }

  private static boolean isInstances(String key) {
    return key.startsWith("verticles.") && key.endsWith(".instances");
  }

  /** Flags and variables are text where a file may have a number. */
  private static boolean same(@Nullable JsonNode a, @Nullable JsonNode b) {
    if (a == null || b == null) {
      return a == b;
    }
    return a.isValueNode() && b.isValueNode() ? a.asText().equals(b.asText()) : a.equals(b);
  }

  private static SortedMap<String, JsonNode> leaves(ObjectNode tree) {
    SortedMap<String, JsonNode> leaves = new TreeMap<>();
    collect(tree, "", leaves);
    return leaves;
  }

  private static void collect(ObjectNode section, String path, Map<String, JsonNode> leaves) {
    section
        .properties()
        .forEach(
            field -> {
              String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
              if (field.getValue() instanceof ObjectNode inner) {
                collect(inner, key, leaves);
              } else {
                leaves.put(key, field.getValue());
              }
            });
  }
}
