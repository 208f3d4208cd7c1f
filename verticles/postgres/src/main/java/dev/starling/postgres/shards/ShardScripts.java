package dev.starling.postgres.shards;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.flywaydb.core.api.MigrationVersion;

/**
 * The files of a {@link ShardMigration}, read without a database.
 *
 * <p>Immutable. It knows plain versioned SQL alone; where there is anything else, Flyway has to
 * look.
 *
 * @param scripts by version, the oldest first
 */
record ShardScripts(List<Script> scripts) {
  private static final String CLASSPATH = "classpath:";
  private static final Pattern VERSIONED = Pattern.compile("V(\\d+(?:[._]\\d+)*)__.+\\.sql");

  /**
   * @param checksum as Flyway reckons it
   * @param sql with {@code ${shard}} for the schema
   */
  record Script(MigrationVersion version, int checksum, String sql) {
    /** As {@link ShardHistories} gives what was applied. */
    String mark() {
      return version.getVersion() + ":" + checksum;
    }
  }

  /**
   * Blocking; empty when something other than versioned SQL is there, or nothing.
   *
   * @throws UncheckedIOException naming the place that cannot be read
   */
  static Optional<ShardScripts> of(ShardMigration migration) {
    try {
      return readAll(migration);
    } catch (IOException e) {
      throw new UncheckedIOException(migration.location() + ": " + e.getMessage(), e);
    }
  }

  private static Optional<ShardScripts> readAll(ShardMigration migration) throws IOException {
    String folder = migration.location().substring(CLASSPATH.length()) + "/";
    List<Script> found = new ArrayList<>();
    for (URL place : Collections.list(migration.classLoader().getResources(folder))) {
      for (String file : files(place, folder)) {
        Matcher name = VERSIONED.matcher(file);
        if (!name.matches()) {
          return Optional.empty();
        }
        found.add(script(name.group(1), read(migration.classLoader(), folder + file)));
      }
    }
    found.sort(Comparator.comparing(Script::version));
    boolean unique = found.stream().map(Script::version).distinct().count() == found.size();
    return found.isEmpty() || !unique
        ? Optional.empty()
        : Optional.of(new ShardScripts(List.copyOf(found)));
  }

  /** What the history of a shard that is up to date says. */
  String marks() {
    return scripts.stream().map(Script::mark).collect(Collectors.joining(","));
  }

  /**
   * What comes after what was applied.
   *
   * @return empty when something else was applied than what comes first here
   */
  Optional<List<Script>> after(String applied) {
    if (applied.isEmpty()) {
      return Optional.of(scripts);
    }
    if (!(marks() + ",").startsWith(applied + ",")) {
      return Optional.empty();
    }
    int known = applied.split(",", -1).length;
    return Optional.of(scripts.subList(known, scripts.size()));
  }

  private static List<String> files(URL place, String folder) throws IOException {
    if (place.openConnection() instanceof JarURLConnection jar) {
      return jar.getJarFile().stream()
          .map(JarEntry::getName)
          .filter(entry -> entry.startsWith(folder) && entry.length() > folder.length())
          .map(entry -> entry.substring(folder.length()))
          .toList();
    }
    try (Stream<Path> files = Files.list(Path.of(place.toURI()))) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (URISyntaxException e) {
      throw new IOException(place + " is not a place for files", e);
    }
  }

  private static String read(ClassLoader classLoader, String file) throws IOException {
    try (InputStream content = classLoader.getResourceAsStream(file)) {
      if (content == null) {
        throw new IOException(file + " is gone");
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Script script(String version, String sql) {
    return new Script(MigrationVersion.fromVersion(version.replace('_', '.')), checksum(sql), sql);
  }

  /**
   * Flyway's: CRC-32 of the lines without their ends, so that an editor's choice does not count.
   */
  private static int checksum(String sql) {
    CRC32 crc = new CRC32();
    new BufferedReader(new StringReader(sql))
        .lines()
        .forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }
}
