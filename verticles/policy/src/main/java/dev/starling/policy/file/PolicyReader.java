package dev.starling.policy.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.starling.policy.rule.SheddingRule;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one file, collecting what is wrong with it. Used once, by one thread. */
public final class PolicyReader {
  /** More than any policy needs; a bound because the file is read as a whole. */
  public static final int MAX_BYTES = 1 << 20;

  /** As many rules of one kind as a route can be asked about in no time. */
  static final int MAX_RULES = 500;

  private static final int MAX_LINE = 500;

  /** The file, a section, a rule, its match or rate, a list: five; the rest is room. */
  private static final int MAX_DEPTH = 16;

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String source;
  private final List<String> mistakes = new ArrayList<>();

  /** What came of reading a file. */
  public sealed interface Outcome {
    record Valid(PolicyFile file) implements Outcome {}

    /**
     * @param mistakes one or more, each of them one line
     */
    record Invalid(List<String> mistakes) implements Outcome {
      public Invalid {
        mistakes = List.copyOf(mistakes);
      }
    }
  }

  private PolicyReader(String source) {
    this.source = source;
  }

  /**
   * Reads the text of a file.
   *
   * @param source what it is called in messages
   */
  public static Outcome read(String source, String text) {
    PolicyReader reader = new PolicyReader(source);
    PolicyFile file = reader.file(reader.tree(text));
    if (reader.mistakes.isEmpty()) {
      CrossChecks.of(file).forEach(reader::mistake);
    }
    return reader.mistakes.isEmpty()
        ? new Outcome.Valid(file)
        : new Outcome.Invalid(reader.mistakes);
  }

  private ObjectNode tree(String text) {
    ObjectNode nothing = YAML.createObjectNode();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      mistake("larger than 1 MiB (expected: a policy file)");
      return nothing;
    }
    try {
      if (!isWrittenOut(text)) {
        return nothing;
      }
      JsonNode tree = YAML.readTree(text);
      if (tree instanceof ObjectNode object) {
        return object;
      } else if (tree != null && !tree.isMissingNode() && !tree.isNull()) {
        mistake(shown(tree) + " (expected: sections with rules)");
      }
    } catch (MismatchedInputException e) {
      mistake("line %d: a second document (expected: one)".formatted(e.getLocation().getLineNr()));
    } catch (JsonProcessingException e) {
      mistake(
          "not YAML at line %d: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")));
    } catch (IOException impossible) {
      throw new IllegalStateException("text can be read", impossible);
    }
    return nothing;
  }

  /** With aliases of aliases, a few lines can stand for more than there is memory. */
  private boolean isWrittenOut(String text) throws IOException {
    try (YAMLParser parser = (YAMLParser) YAML.getFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
          mistake(
              "line %d: an anchor or an alias (expected: what is meant, written out)"
                  .formatted(parser.currentTokenLocation().getLineNr()));
          return false;
        }
      }
    }
    return true;
  }

  private PolicyFile file(ObjectNode tree) {
    SortedSet<String> known = new TreeSet<>();
    Section.ALL.forEach(section -> known.add(section.key()));
    known.add(Section.SHEDDING);
    tree.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                mistake(unknown("section", key, known));
              }
            });
    return new PolicyFile(
        rules(tree, Section.TIERS),
        rules(tree, Section.LIMITS),
        rules(tree, Section.COSTS),
        rules(tree, Section.BULKHEADS),
        rules(tree, Section.BREAKERS),
        rules(tree, Section.CACHES),
        rules(tree, Section.DEADLINES),
        rules(tree, Section.PRIORITIES),
        rules(tree, Section.CONCURRENCY),
        shedding(tree.path(Section.SHEDDING)),
        rules(tree, Section.DEGRADATION));
  }

  private SheddingRule shedding(JsonNode settings) {
    try {
      return Settings.bind(settings, SheddingRule.defaults(), Section.SHEDDING);
    } catch (ConfigException e) {
      mistake(String.valueOf(e.getMessage()));
      return SheddingRule.defaults();
    }
  }

  private <T extends Record> List<T> rules(ObjectNode tree, Section<T> section) {
    JsonNode list = tree.path(section.key());
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!list.isArray() || list.size() > MAX_RULES) {
      mistake(
          "%s: %s (expected: a list of at most %d rules)"
              .formatted(
                  section.key(), list.isArray() ? list.size() + " rules" : shown(list), MAX_RULES));
      return List.of();
    }
    List<T> rules = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      T rule = rule(section, list.get(i), place(section.key(), i, list.get(i)));
      if (rule != null) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private <T extends Record> @Nullable T rule(Section<T> section, JsonNode entry, String place) {
    if (!(entry instanceof ObjectNode given)) {
      mistake(place + ": " + shown(entry) + " (expected: a rule with keys)");
      return null;
    }
    ObjectNode known = given.deepCopy();
    // A key without a value says nothing, so the default holds.
    known.properties().removeIf(field -> field.getValue().isNull());
    List<String> keys =
        Stream.concat(section.required().stream(), stream(section.defaults())).sorted().toList();
    stream(given)
        .filter(key -> !keys.contains(key))
        .forEach(
            key -> {
              mistake(place + ": " + unknown("key", key, keys));
              known.remove(key);
            });
    List<String> missing =
        section.required().stream().filter(key -> !known.hasNonNull(key)).toList();
    missing.forEach(key -> mistake(place + ": " + key + ": missing (expected: a value)"));
    if (!missing.isEmpty()) {
      return null;
    }
    try {
      return Settings.bind(known, section.defaults(), section.type(), "");
    } catch (ConfigException e) {
      mistake(place + ": " + e.getMessage());
      return null;
    }
  }

  /** What a file holds may be anything; a mistake stays one line of bounded length. */
  private void mistake(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
    mistakes.add(
        source + ": " + (line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…"));
  }

  private static Stream<String> stream(ObjectNode object) {
    return object.properties().stream().map(Map.Entry::getKey);
  }

  private static String unknown(String what, String name, Collection<String> known) {
    String nearest = Settings.nearest(name, known);
    return nearest == null
        ? "%s: unknown %s (expected one of: %s)".formatted(name, what, String.join(", ", known))
        : "%s: unknown %s (did you mean %s?)".formatted(name, what, nearest);
  }

  /** Where a rule is, as an operator counts, and what it is called. */
  private static String place(String section, int index, @Nullable JsonNode entry) {
    JsonNode name = entry == null ? MissingNode.getInstance() : entry.path("name");
    String named =
        name.isTextual() && name.asText().length() <= 64 ? " '" + name.asText() + "'" : "";
    return section + "[" + index + "]" + named;
  }

  private static String shown(JsonNode node) {
    String text = node.isValueNode() ? node.asText() : node.isArray() ? "a list" : "keys";
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
