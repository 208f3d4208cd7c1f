package dev.starling.cluster.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration comes from besides the defaults. Immutable; what the file holds may change.
 *
 * @param file the file that was asked for; null to take the default one if it exists
 * @param environment the process's environment
 * @param flags values by key, e.g. {@code http.port}; they win over everything
 */
public record ConfigSources(
    @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {

  public ConfigSources {
    environment = Map.copyOf(environment);
    flags = Map.copyOf(flags);
  }

  /**
   * Loads the configuration.
   *
   * @throws dev.starling.sdk.ConfigException with one line that says what is wrong
   */
  public LoadedConfig load() {
    return ConfigLoader.load(file, environment, flags);
  }

  /** Loads it again for a node that runs with {@code running}, whose classes stay. */
  public LoadedConfig reload(LoadedConfig running) {
    return ConfigLoader.load(file, environment, flags, running.available());
  }

  /** The file to be watched; null when there is none. */
  public @Nullable Path existingFile() {
    return file != null
        ? file
        : Files.exists(ConfigLoader.DEFAULT_FILE) ? ConfigLoader.DEFAULT_FILE : null;
  }
}
