package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The module as it is shipped: everything in one jar, its service files merged. */
@Timeout(120)
class FatJarIT {
  private static final Pattern BLANK = Pattern.compile(" ");
  private static final Pattern REUID = Pattern.compile("--reuid=(\\d+)");
  private static final Pattern CLASS_PATH_SEPARATOR = Pattern.compile(File.pathSeparator);

  /** Open to other users, unlike JUnit's own. */
  private static Path directory;

  private static Path jar;

  @BeforeAll
  static void build() throws Exception {
    directory = Files.createTempDirectory("starling-fat-jar-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    jar = directory.resolve("all.jar");
    merge(jar);
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
  }

  @AfterAll
  static void remove() {
    FileTrees.delete(directory);
  }

  @Test
  void oneJar_startsTheServerAndMigrates() throws Exception {
    Path dataDirectory = Files.createDirectory(directory.resolve("data"));
    try (ChildNode node = ChildNode.launch(jar.toString(), dataDirectory)) {
      node.port();
      assertThat(node.ask("migrate")).isEqualTo("Migrated[applied=2, version=2]");
      assertThat(node.ask("migrate")).isEqualTo("Migrated[applied=0, version=2]");
      node.leave();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "setpriv --reuid=12345 --regid=23456 --clear-groups",
        "unshare -U",
        "unshare -U -r"
      })
  void oneJar_startedByAnotherUser_startsTheServerToo(String prefix) throws Exception {
    assumeTrue(RunAs.effectiveUid() == 0);
    Path dataDirectory = Files.createTempDirectory(directory, "data-");
    Files.setPosixFilePermissions(dataDirectory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Matcher uid = REUID.matcher(prefix);
    if (uid.find()) {
      FileTrees.changeOwner(dataDirectory, Integer.parseInt(uid.group(1)), 23_456);
    }
    try (ChildNode node =
        ChildNode.launch(jar.toString(), dataDirectory, BLANK.split(prefix, -1))) {
      node.port();
      assertThat(node.ask("query")).isEqualTo("starling");
      assertThat(FileTrees.ownerOf(TestServers.data(dataDirectory)))
          .isEqualTo(FileTrees.ownerOf(dataDirectory));
      node.leave();
    }
  }

  private static void merge(Path jar) throws IOException {
    Map<String, ByteArrayOutputStream> services = new HashMap<>();
    Set<String> written = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (String entry : CLASS_PATH_SEPARATOR.split(classPath(), -1)) {
        Path path = Path.of(entry);
        if (Files.isDirectory(path)) {
          add(path, out, services, written);
        } else if (Files.exists(path)) {
          try (FileSystem zip = FileSystems.newFileSystem(path)) {
            add(zip.getPath("/"), out, services, written);
          }
        }
      }
      for (Map.Entry<String, ByteArrayOutputStream> service : services.entrySet()) {
        out.putNextEntry(new ZipEntry(service.getKey()));
        service.getValue().writeTo(out);
      }
    }
  }

  private static void add(
      Path root,
      ZipOutputStream out,
      Map<String, ByteArrayOutputStream> services,
      Set<String> written)
      throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.toList()) {
        String name = root.relativize(path).toString();
        if (Files.isDirectory(path)) {
          name = name.endsWith("/") || name.isEmpty() ? name : name + "/";
        }
        if (name.startsWith("META-INF/services/") && Files.isRegularFile(path)) {
          ByteArrayOutputStream merged =
              services.computeIfAbsent(name, key -> new ByteArrayOutputStream());
          merged.write(Files.readAllBytes(path));
          merged.write('\n');
        } else if (!name.isEmpty() && !name.startsWith("META-INF/") && written.add(name)) {
          out.putNextEntry(new ZipEntry(name));
          if (Files.isRegularFile(path)) {
            try (InputStream in = Files.newInputStream(path)) {
              in.transferTo(out);
            }
          }
        }
      }
    }
  }

  /** Surefire hides the real class path behind a jar with a manifest. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
