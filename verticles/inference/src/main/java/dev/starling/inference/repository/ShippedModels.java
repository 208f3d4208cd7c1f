package dev.starling.inference.repository;

import dev.starling.sdk.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models that jars of the class path bring along.
 *
 * <p>Any jar may have an index, {@value #INDEX}, of one line for each file: its SHA-256, its place
 * in the repository ({@code <name>/<version>/model.onnx}, {@code <name>/config.yaml}), and the
 * resource that holds it, unless that is the place below {@value #FOLDER}. Lines that begin with
 * {@code #} are comments.
 *
 * <p>They are put into the repository where they are missing. Nodes that share it may do so at the
 * same time: a version appears as a whole, and the first one stays. What is there and has the
 * digest of the index is trusted. Immutable; blocks.
 */
final class ShippedModels {
  static final String INDEX = "META-INF/starling/models.index";
  static final String FOLDER = "META-INF/starling/models/";

  private static final Pattern LINE =
      Pattern.compile("([0-9a-f]{64})\\s+([^\\s/]+)/(?:([^\\s/]+)/)?([^\\s/]+)(?:\\s+(\\S+))?");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /**
   * A file of a model.
   *
   * @param version empty for a file that all versions share
   */
  private record Entry(String digest, String model, String version, String file, String resource) {
    String folder() {
      return version.isEmpty() ? model : model + "/" + version;
    }
  }

  private final ClassLoader loader;
  private final Map<String, List<Entry>> byFolder;

  private ShippedModels(ClassLoader loader, Map<String, List<Entry>> byFolder) {
    this.loader = loader;
    this.byFolder = byFolder;
  }

  static ShippedModels none() {
    return new ShippedModels(ShippedModels.class.getClassLoader(), Map.of());
  }

  /**
   * Reads the indexes of all jars.
   *
   * @throws ConfigException for one that cannot be read, which is a mistake of who built the jar
   */
  static ShippedModels find(ClassLoader loader) throws IOException {
    Map<String, List<Entry>> byFolder = new TreeMap<>();
    Set<String> places = new TreeSet<>();
    for (URL index : Collections.list(loader.getResources(INDEX))) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(index.openStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!line.isBlank() && !line.startsWith("#")) {
            Entry entry = parse(index, line.strip());
            if (places.add(entry.folder() + "/" + entry.file())) {
              byFolder.computeIfAbsent(entry.folder(), none -> new ArrayList<>()).add(entry);
            }
          }
        }
      }
    }
    return new ShippedModels(loader, byFolder);
  }

  private static Entry parse(URL index, String line) {
    Matcher matcher = LINE.matcher(line);
    if (matcher.matches()) {
      String version = matcher.group(3) == null ? "" : matcher.group(3);
      String place = line.split("\\s+")[1];
      Entry entry =
          new Entry(
              matcher.group(1),
              matcher.group(2),
              version,
              matcher.group(4),
              matcher.group(5) == null ? FOLDER + place : matcher.group(5));
      if (Names.isModel(entry.model())
          && (version.isEmpty() || Names.isVersion(version))
          && FILE.matcher(entry.file()).matches()) {
        return entry;
      }
    }
    throw new ConfigException(
        index + ": " + line + " (expected: sha256 model/version/file [resource])");
  }

  /** The names of what is brought along. */
  Set<String> models() {
    return byFolder.values().stream()
        .flatMap(List::stream)
        .map(Entry::model)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Puts what is missing into a repository.
   *
   * @throws IOException when it cannot be written, or a jar holds something else than its index
   *     says
   */
  void installInto(Path root) throws IOException {
    Files.createDirectories(root);
    // What all versions share comes with the model's directory: an operator's own is left alone.
    for (Map.Entry<String, List<Entry>> folder : byFolder.entrySet()) {
      boolean ofVersion = !folder.getValue().get(0).version().isEmpty();
      if (ofVersion && !Files.exists(root.resolve(folder.getKey()))) {
        String model = folder.getValue().get(0).model();
        if (!Files.exists(root.resolve(model))) {
          install(root, model, byFolder.getOrDefault(model, List.of()));
        }
        install(root, folder.getKey(), folder.getValue());
      }
    }
  }

  private void install(Path root, String folder, List<Entry> entries) throws IOException {
    Path partial = Files.createTempDirectory(root, ".partial");
    try {
      for (Entry entry : entries) {
        copy(entry, partial.resolve(entry.file()));
      }
      appear(partial, root.resolve(folder));
    } finally {
      discard(partial);
    }
  }

  /** A directory takes a name only while nobody has it, or while it is empty. */
  private static void appear(Path partial, Path directory) throws IOException {
    try {
      Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // When another node was faster, what it wrote is as good.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static void discard(Path partial) throws IOException {
    if (Files.exists(partial)) {
      try (Stream<Path> files = Files.list(partial)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(partial);
    }
  }

  private void copy(Entry entry, Path file) throws IOException {
    try (InputStream resource = loader.getResourceAsStream(entry.resource())) {
      if (resource == null) {
        throw new IOException(entry.resource() + ": not in any jar (expected by the index)");
      }
      try (DigestInputStream in = new DigestInputStream(resource, Digests.sha256());
          OutputStream out = Files.newOutputStream(file)) {
        in.transferTo(out);
        String digest = HexFormat.of().formatHex(in.getMessageDigest().digest());
        if (!digest.equals(entry.digest())) {
          throw new IOException(
              entry.resource() + ": digest " + digest + " (expected: " + entry.digest() + ")");
        }
      }
    }
  }

  /**
   * Whether a version is what a jar has brought along, to the byte: then somebody has vouched for
   * it.
   */
  boolean trusts(String model, String version, Path directory) throws IOException {
    List<Entry> entries = byFolder.get(model + "/" + version);
    if (entries == null) {
      return false;
    }
    for (Entry entry : entries) {
      Path file = directory.resolve(entry.file());
      if (!Files.isRegularFile(file) || !Digests.sha256(file).equals(entry.digest())) {
        return false;
      }
    }
    return true;
  }
}
