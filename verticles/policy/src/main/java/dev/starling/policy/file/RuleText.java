package dev.starling.policy.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.Settings;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Rules as one line for people: what they say beyond the defaults, in the words of the file. */
public final class RuleText {
  private RuleText() {}

  /** Without the name and the match, e.g. {@code per: [ip], rate: {second: 10}}. */
  public static String of(Record rule) {
    ObjectNode tree = Settings.toTree(rule);
    ObjectNode defaults =
        Section.ALL.stream()
            .filter(section -> section.type() == rule.getClass())
            .map(Section::defaults)
            .findFirst()
            .orElseThrow();
    return tree.properties().stream()
        .filter(field -> !field.getKey().equals("name") && !field.getKey().equals("match"))
        .filter(field -> !field.getValue().isNull())
        .filter(field -> !field.getValue().equals(defaults.get(field.getKey())))
        .map(field -> field.getKey() + ": " + flow(field.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String flow(JsonNode node) {
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(RuleText::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    } else if (node.isObject()) {
      return node.properties().stream()
          .map(
              (Map.Entry<String, JsonNode> field) -> field.getKey() + ": " + flow(field.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return node.asText();
  }
}
