package dev.starling.cluster.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lays the sources of the configuration over each other and validates the result. */
public final class ConfigLoader {
  /** Read when no file is named and it exists. */
  static final Path DEFAULT_FILE = Path.of("conf", "starling.yaml");

  /** More than any configuration needs; a bound because the file is read as a whole. */
  private static final long MAX_FILE_BYTES = 1 << 20;

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
              .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build());

  private static final Pattern URI_PASSWORD = Pattern.compile("(://[^:/@]*:)[^@]+@");

  private ConfigLoader() {}

  /**
   * Loads the configuration.
   *
   * @param file the file that was asked for; null to take the default one if it exists
   * @param environment the process's environment
   * @param flags values by key, e.g. {@code http.port}; they win over everything
   * @throws ConfigException with one line that says what is wrong
   */
  public static LoadedConfig load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
    return load(file, environment, flags, null);
  }

  /**
   * @param loaded the verticles of a node that runs already; null to find them
   */
  static LoadedConfig load(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> flags,
      @Nullable VerticleLoader loaded) {
    Path existing = file != null ? file : Files.exists(DEFAULT_FILE) ? DEFAULT_FILE : null;
    ObjectNode fromFile = existing == null ? YAML.createObjectNode() : read(existing);
    VerticleLoader available =
        loaded != null ? loaded : VerticleLoader.find(verticlesPath(fromFile, environment, flags));

    ObjectNode tree = defaults(available);
    try {
      ConfigTree.overlay(tree, fromFile, "");
    } catch (ConfigException e) {
      throw new ConfigException(existing + ": " + e.getMessage());
    }
    List<String> warnings = Environment.overlay(tree, environment);
    flags.forEach((key, value) -> ConfigTree.set(tree, key, value));

    NodeConfig node = Settings.bind(only(tree, nodeKeys()), NodeConfig.defaults(), "");
    VerticlesConfig verticles = verticles(tree.path("verticles"), available);
    ObjectNode masked = Settings.toMaskedTree(node);
    masked.set("verticles", tree.get("verticles"));
    for (Map.Entry<String, Record> section : sections(available).entrySet()) {
      Record bound =
          Settings.bind(tree.path(section.getKey()), section.getValue(), section.getKey());
      masked.set(section.getKey(), Settings.toMaskedTree(bound));
    }
    maskPasswords(masked);
    return new LoadedConfig(
        node,
        verticles,
        available,
        tree,
        masked,
        existing == null ? LoadedConfig.DEFAULTS : existing.toString(),
        warnings);
  }

  /** A tree as YAML, the form that operators write. */
  public static String toYaml(ObjectNode tree) {
    try {
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static ObjectNode read(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigException(file + ": larger than 1 MiB (expected: a configuration)");
      }
      JsonNode tree = YAML.readTree(Files.readString(file));
      if (tree == null || tree.isMissingNode() || tree.isNull()) {
        return YAML.createObjectNode();
      }
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw new ConfigException(file + ": " + tree.getNodeType() + " (expected: keys and values)");
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          "%s: not YAML at line %d: %s"
              .formatted(
                  file,
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")));
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read (expected: a readable YAML file)");
    }
  }

  /** The directory of verticles must be known before their keys are. */
  private static String verticlesPath(
      ObjectNode fromFile, Map<String, String> environment, Map<String, String> flags) {
    String path = fromFile.path("verticles").path("path").asText("");
    path = environment.getOrDefault("STARLING_VERTICLES_PATH", path);
    return flags.getOrDefault("verticles.path", path);
  }

  private static ObjectNode defaults(VerticleLoader available) {
    ObjectNode tree = Settings.toTree(NodeConfig.defaults());
    sections(available).forEach((name, section) -> tree.set(name, Settings.toTree(section)));
    ObjectNode verticles = tree.putObject("verticles");
    verticles.putArray("run");
    verticles.put("path", "");
    for (String name : available.names()) {
      verticles
          .putObject(name)
          .put("instances", available.prototype(name).defaultInstances().toString());
    }
    return tree;
  }

  private static Map<String, Record> sections(VerticleLoader available) {
    Map<String, Record> sections = new TreeMap<>();
    for (String name : available.names()) {
      ServiceVerticle verticle = available.prototype(name);
      verticle
          .settings()
          .forEach(
              (section, defaults) -> {
                if (nodeKeys().contains(section) || sections.put(section, defaults) != null) {
                  throw new ConfigException(
                      name + ": its section " + section + " is taken (expected: a free name)");
                }
              });
    }
    return sections;
  }

  private static VerticlesConfig verticles(JsonNode tree, VerticleLoader available) {
    List<String> run = new ArrayList<>();
    for (JsonNode element : tree.path("run")) {
      String name = element.asText();
      if (!available.names().contains(name)) {
        String nearest = Settings.nearest(name, available.names());
        throw new ConfigException(
            "verticles.run: "
                + name
                + (nearest == null
                    ? " (expected one of: " + String.join(", ", available.names()) + ")"
                    : " (did you mean " + nearest + "?)"));
      }
      run.add(name);
    }
    Map<String, Instances> instances = new HashMap<>();
    for (String name : available.names()) {
      try {
        instances.put(name, Instances.parse(tree.path(name).path("instances").asText()));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("verticles." + name + "." + e.getMessage());
      }
    }
    return new VerticlesConfig(run, tree.path("path").asText(""), instances);
  }

  private static List<String> nodeKeys() {
    List<String> keys = new ArrayList<>();
    Settings.toTree(NodeConfig.defaults()).fieldNames().forEachRemaining(keys::add);
    keys.add("verticles");
    return keys;
  }

  private static ObjectNode only(ObjectNode tree, List<String> keys) {
    ObjectNode part = tree.deepCopy();
    part.retain(keys);
    part.remove("verticles");
    return part;
  }

  /** A connection URI is shown, but not the password in it. */
  private static void maskPasswords(ObjectNode tree) {
    tree.properties().forEach(field -> field.setValue(masked(field.getValue())));
  }

  private static JsonNode masked(JsonNode value) {
    if (value instanceof ObjectNode section) {
      maskPasswords(section);
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        list.set(i, masked(list.get(i)));
      }
    } else if (value.isTextual()) {
      return TextNode.valueOf(URI_PASSWORD.matcher(value.asText()).replaceAll("$1****@"));
    }
    return value;
  }
}
