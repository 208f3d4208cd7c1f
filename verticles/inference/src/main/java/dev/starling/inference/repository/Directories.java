package dev.starling.inference.repository;

import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.Step;
import dev.starling.inference.ModelConfig.Tokenizer;
import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The directories that models lie in: {@code <name>/<version>/model.onnx}, with {@code config.yaml}
 * beside the versions. A model is taken from the first directory that has its name.
 *
 * <p>Links may lead from one place of a directory to another and never out of it. What has another
 * name than models and versions have is left alone, so a version that is being copied may lie there
 * under one, e.g. {@code .1}. Blocks; thread-safe.
 */
final class Directories {
  static final String MODEL_FILE = "model.onnx";
  static final String CONFIG_FILE = "config.yaml";

  /** More than anybody keeps, and a bound on what a scan reads. */
  private static final int MAX_ENTRIES = 10_000;

  private static final long MAX_SIDE_FILE_BYTES = 64 << 20;

  private final List<Path> roots;
  private final int cores;

  Directories(List<Path> roots, int cores) {
    this.roots = List.copyOf(roots);
    this.cores = cores;
  }

  /** The models of all directories; one that cannot be read is an error, not empty. */
  SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (Path root : roots) {
      entries(root).stream().filter(Names::isModel).forEach(names::add);
    }
    return names;
  }

  /** Looks at one model. */
  Look look(String name) throws IOException {
    if (!Names.isModel(name)) {
      return new Look.Unusable("model: " + name + " (expected: " + Names.MODEL_RULE + ")");
    }
    for (Path root : roots) {
      if (Files.isDirectory(root.resolve(name))) {
        try {
          return look(root.toRealPath(), name);
        } catch (ConfigException e) {
          return new Look.Unusable(name + "/" + CONFIG_FILE + ": " + e.getMessage());
        } catch (OutsideException e) {
          return new Look.Unusable(e.getMessage());
        } catch (NoSuchFileException e) {
          // Taken away or replaced while it was looked at; the next look is better.
          return new Look.Unusable(e.getMessage() + ": is not there any more");
        }
      }
    }
    return new Look.Absent();
  }

  private Look look(Path root, String name) throws IOException {
    Path directory = inside(root, root.resolve(name));
    Path configFile = directory.resolve(CONFIG_FILE);
    String configStamp = "";
    String text = "";
    if (Files.exists(configFile)) {
      Path file = inside(root, configFile);
      configStamp = stamp(file);
      text = read(file);
    }
    ModelConfig config = ConfigFile.parse(text, cores);
    List<VersionDirectory> versions = new ArrayList<>();
    for (String version : entries(directory)) {
      Path versionDirectory = directory.resolve(version);
      if (Names.isVersion(version) && Files.isDirectory(versionDirectory)) {
        version(root, versionDirectory, version, configStamp, config).ifPresent(versions::add);
      }
    }
    versions.sort(Comparator.comparing(VersionDirectory::version, Names.VERSIONS).reversed());
    return new Look.Present(new ModelDirectory(name, config, versions));
  }

  private static Optional<VersionDirectory> version(
      Path root, Path linked, String version, String configStamp, ModelConfig config)
      throws IOException {
    Path directory = inside(root, linked);
    if (!Files.exists(directory.resolve(MODEL_FILE))) {
      return Optional.empty();
    }
    StringBuilder stamp = new StringBuilder(configStamp);
    stamp.append(stamp(regular(root, directory, MODEL_FILE, Long.MAX_VALUE)));
    for (Step step : config.pipeline().before()) {
      if (step instanceof Tokenizer tokenizer) {
        stamp.append(stamp(regular(root, directory, tokenizer.file(), MAX_SIDE_FILE_BYTES)));
      }
    }
    return Optional.of(new VersionDirectory(version, directory, stamp.toString()));
  }

  private static Path regular(Path root, Path directory, String name, long maxBytes)
      throws IOException {
    Path named = directory.resolve(name);
    Path file = Files.exists(named) ? inside(root, named) : named;
    // The engine opens it by this name; a link would be followed once more, to who knows where.
    if (!Files.isRegularFile(file) || !file.equals(named)) {
      throw new OutsideException(
          named
              + ": "
              + (Files.exists(file) ? "a link" : "missing")
              + " (expected: a regular file)");
    }
    if (Files.size(file) > maxBytes) {
      throw new OutsideException(
          file + ": " + Files.size(file) + " bytes (expected: <= " + maxBytes + ")");
    }
    return file;
  }

  private static Path inside(Path root, Path path) throws IOException {
    Path real = path.toRealPath();
    if (!real.startsWith(root)) {
      throw new OutsideException(path + ": leads out of the repository (expected: inside)");
    }
    return real;
  }

  private static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(ConfigFile.MAX_BYTES + 1);
      if (bytes.length > ConfigFile.MAX_BYTES) {
        throw new ConfigException("too large (expected: <= " + ConfigFile.MAX_BYTES + " bytes)");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static String stamp(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return found.fileKey() + "," + found.size() + "," + found.lastModifiedTime() + ";";
  }

  private static List<String> entries(Path directory) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found.limit(MAX_ENTRIES).map(path -> path.getFileName().toString()).toList();
    }
  }

  /** Something is not where or what it must be. */
  private static final class OutsideException extends IOException {
    private static final long serialVersionUID = 1L;

    OutsideException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
