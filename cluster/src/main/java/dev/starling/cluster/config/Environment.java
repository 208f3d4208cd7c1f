package dev.starling.cluster.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Environment variables as configuration: {@code STARLING_HTTP_PORT} is {@code http.port}, and
 * {@code STARLING_HTTP_PORT_FILE} names a file that holds the value. Lists are separated by commas.
 * What OpenTelemetry's conventions have a variable for is read from that, too; ours win.
 */
final class Environment {
  static final String PREFIX = "STARLING_";
  private static final String FILE_SUFFIX = "_FILE";

  /** Names that are shorter than their key would make them. */
  private static final Map<String, String> SHORT = Map.of("STARLING_VERTICLES", "verticles.run");

  /** Names of others that have a meaning everywhere. */
  private static final Map<String, String> CONVENTIONAL =
      Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "otel.endpoint");

  /** Read by scripts and tools, not by the node. */
  private static final List<String> NOT_OURS =
      List.of("STARLING_CONFIG", "STARLING_JAVA_OPTS", "STARLING_DEBUG");

  private Environment() {}

  /**
   * Lays the environment over {@code tree}.
   *
   * @param tree all known keys with their values so far
   * @return warnings about variables that look meant for Starling but name no key
   */
  static List<String> overlay(ObjectNode tree, Map<String, String> environment) {
    Map<String, String> pathByName = new TreeMap<>(SHORT);
    collect(tree, "", pathByName);
    CONVENTIONAL.forEach(
        (name, path) -> {
          if (environment.containsKey(name)) {
            ConfigTree.set(tree, path, environment.get(name));
          }
        });
    List<String> warnings = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (!name.startsWith(PREFIX) || NOT_OURS.contains(name)) {
                return;
              }
              if (pathByName.containsKey(name)) {
                ConfigTree.set(tree, pathByName.get(name), value);
              } else if (name.endsWith(FILE_SUFFIX)
                  && pathByName.containsKey(withoutSuffix(name))) {
                ConfigTree.set(tree, pathByName.get(withoutSuffix(name)), content(name, value));
              } else {
                String nearest = Settings.nearest(name, pathByName.keySet());
                warnings.add(
                    name
                        + " is not a setting"
                        + (nearest == null ? "" : " (did you mean " + nearest + "?)"));
              }
            });
    return warnings;
  }

  /** The variable for a key, e.g. for {@code postgres.pool-size}. */
  static String variable(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static void collect(JsonNode node, String path, Map<String, String> pathByName) {
    if (node instanceof ObjectNode object && (!object.isEmpty() || path.isEmpty())) {
      object
          .properties()
          .forEach(
              field ->
                  collect(
                      field.getValue(),
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      pathByName));
    } else {
      pathByName.putIfAbsent(variable(path), path);
    }
  }

  private static String withoutSuffix(String name) {
    return name.substring(0, name.length() - FILE_SUFFIX.length());
  }

  private static String content(String name, String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | InvalidPathException e) {
      throw new ConfigException(name + ": " + file + " (expected: a readable text file)");
    }
  }
}
