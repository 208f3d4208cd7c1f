package dev.starling.cluster.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Operations on configuration while it is a tree. */
final class ConfigTree {
  private ConfigTree() {}

  /**
   * Sets a key from text; where the tree has a list, the text is split at commas.
   *
   * @throws ConfigException when there is no such key
   */
  static void set(ObjectNode tree, String path, String text) {
    ObjectNode parent = tree;
    String[] steps = path.split("\\.");
    for (int i = 0; i < steps.length - 1; i++) {
      if (!(parent.get(steps[i]) instanceof ObjectNode next)) {
        throw unknown(parent, path, steps[i]);
      }
      parent = next;
    }
    String key = steps[steps.length - 1];
    JsonNode old = parent.get(key);
    if (old == null) {
      throw unknown(parent, path, key);
    }
    if (old instanceof ArrayNode) {
      ArrayNode list = parent.putArray(key);
      for (String element : text.split(",")) {
        if (!element.isBlank()) {
          list.add(element.strip());
        }
      }
    } else {
      parent.put(key, text);
    }
  }

  /**
   * Lays {@code source} over {@code tree}; whole sections are merged, everything else replaces.
   *
   * @throws ConfigException for a key that the tree does not have
   */
  static void overlay(ObjectNode tree, ObjectNode source, String path) {
    for (Map.Entry<String, JsonNode> field : source.properties()) {
      String key = field.getKey();
      String fullKey = path.isEmpty() ? key : path + "." + key;
      JsonNode old = tree.get(key);
      if (old == null) {
        throw unknown(tree, fullKey, key);
      }
      if (old instanceof ObjectNode section && !section.isEmpty()) {
        if (field.getValue() instanceof ObjectNode object) {
          overlay(section, object, fullKey);
        } else if (!field.getValue().isNull()) {
          throw new ConfigException(
              fullKey + ": " + field.getValue() + " (expected: a section with keys)");
        }
      } else if (!field.getValue().isNull()) {
        tree.set(key, field.getValue());
      }
    }
  }

  private static ConfigException unknown(ObjectNode section, String path, String key) {
    List<String> known =
        new ArrayList<>(
            StreamSupport.stream(((Iterable<String>) section::fieldNames).spliterator(), false)
                .sorted()
                .toList());
    String nearest = Settings.nearest(key, known);
    return new ConfigException(
        path
            + ": unknown key "
            + (nearest == null
                ? "(expected one of: " + String.join(", ", known) + ")"
                : "(did you mean " + nearest + "?)"));
  }
}
