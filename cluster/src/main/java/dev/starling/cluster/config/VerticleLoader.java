package dev.starling.cluster.config;

import dev.starling.sdk.ConfigException;
import dev.starling.sdk.ServiceVerticle;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds verticles: those in the jar, and those in a directory of further jars. Immutable once
 * built; {@link #create} makes a new instance each time.
 */
public final class VerticleLoader {
  private final SortedMap<String, Provider<ServiceVerticle>> providers = new TreeMap<>();
  private final SortedMap<String, ServiceVerticle> prototypes = new TreeMap<>();

  private ClassLoader files = VerticleLoader.class.getClassLoader();

  private VerticleLoader() {}

  /**
   * @param path a directory of jars; empty for none
   * @throws ConfigException when the directory or a verticle in it cannot be used
   */
  static VerticleLoader find(String path) {
    VerticleLoader loader = new VerticleLoader();
    loader.add(VerticleLoader.class.getClassLoader());
    if (!path.isEmpty()) {
      loader.files = jars(Path.of(path));
      loader.add(loader.files);
    }
    return loader;
  }

  /** Finds the files of every verticle, e.g. its migrations. */
  public ClassLoader classLoader() {
    return files;
  }

  public Set<String> names() {
    return prototypes.keySet();
  }

  /** An instance that is never deployed, to be asked about its service. */
  public ServiceVerticle prototype(String name) {
    ServiceVerticle prototype = prototypes.get(name);
    if (prototype == null) {
      throw new IllegalArgumentException(
          "verticle: " + name + " (expected one of: " + names() + ")");
    }
    return prototype;
  }

  public ServiceVerticle create(String name) {
    prototype(name);
    return providers.get(name).get();
  }

  private void add(ClassLoader classLoader) {
    try {
      ServiceLoader.load(ServiceVerticle.class, classLoader).stream().forEach(this::add);
    } catch (ServiceConfigurationError e) {
      throw new ConfigException("verticles.path: " + e.getMessage());
    }
  }

  private void add(Provider<ServiceVerticle> provider) {
    ServiceVerticle prototype = provider.get();
    String name = prototype.name();
    ServiceVerticle known = prototypes.get(name);
    if (known == null) {
      prototypes.put(name, prototype);
      providers.put(name, provider);
    } else if (known.getClass() != prototype.getClass()) {
      throw new ConfigException(
          "verticles.path: %s and %s are both called %s (expected: each name once)"
              .formatted(known.getClass().getName(), prototype.getClass().getName(), name));
    }
  }

  private static ClassLoader jars(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      URL[] urls =
          files
              .filter(file -> file.getFileName().toString().endsWith(".jar"))
              .sorted()
              .map(VerticleLoader::url)
              .toArray(URL[]::new);
      // It lives as long as the node: classes are loaded from it at any time.
      return new URLClassLoader("verticles", urls, VerticleLoader.class.getClassLoader());
    } catch (IOException e) {
      throw new ConfigException(
          "verticles.path: " + directory + " (expected: a readable directory of jars)");
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new ConfigException("verticles.path: " + file + " (expected: a jar)");
    }
  }
}
