package dev.starling.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs of this machine's architecture, packed in a jar and unpacked on first
 * use.
 *
 * <p>Blocking; the caller holds the control lock. The directory appears whole or not at all: it is
 * filled under another name and renamed.
 */
final class ServerBinaries {
  private static final Duration SYNC_LIMIT = Duration.ofSeconds(30);

  private static final String PREFIX = "bin-";
  private static final int OWNER_MAY_EXECUTE = 0100;

  private final Path directory;

  private ServerBinaries(Path directory) {
    this.directory = directory;
  }

  /** The programs under {@code home}, unpacked now if no process did it before. */
  static ServerBinaries unpackedIn(Path home) {
    String resource = resourceName(System.getProperty("os.name"), System.getProperty("os.arch"));
    URL archive = ServerBinaries.class.getClassLoader().getResource(resource);
    if (archive == null) {
      throw new PostgresException(
          "embedded PostgreSQL: no " + resource + " on the class path (expected: in starling.jar)");
    }
    try {
      Path directory = home.resolve(PREFIX + version() + "-" + fingerprint(archive));
      if (!Files.isDirectory(directory)) {
        unpack(archive, directory);
      }
      return new ServerBinaries(directory);
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL: cannot unpack into " + home + ": " + e, e);
    }
  }

  /** Deletes the programs of other releases; nobody may be using them. */
  void deleteOthers() throws IOException {
    for (Path other : FileTrees.entries(directory.getParent(), PREFIX)) {
      if (!other.equals(directory)) {
        FileTrees.delete(other);
      }
    }
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /** The release of the packed programs, such as {@code 18.4.0}. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream in = ServerBinaries.class.getResourceAsStream("binaries.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  /** The major release, which a data directory is bound to. */
  static String majorVersion() {
    return version().substring(0, version().indexOf('.'));
  }

  static String resourceName(String osName, String osArch) {
    String arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> "";
        };
    if (!osName.toLowerCase(Locale.ROOT).contains("linux") || arch.isEmpty()) {
      throw new PostgresException(
          "embedded PostgreSQL: "
              + osName
              + " "
              + osArch
              + " (expected: Linux on x86_64 or aarch64; set postgres.uri elsewhere)");
    }
    return "postgres-linux-" + arch + ".txz";
  }

  /** Tells archives of one version apart; inside a jar the index knows it without reading. */
  private static String fingerprint(URL archive) throws IOException {
    URLConnection connection = archive.openConnection();
    if (connection instanceof JarURLConnection inJar) {
      inJar.setUseCaches(false);
      try (JarFile jar = inJar.getJarFile()) {
        return String.format(Locale.ROOT, "%08x", jar.getJarEntry(inJar.getEntryName()).getCrc());
      }
    }
    try (InputStream in = connection.getInputStream()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(in.readAllBytes());
      return String.format(Locale.ROOT, "%064x", new BigInteger(1, hash)).substring(0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fills {@code directory}, which appears when it is complete. */
  static void unpack(URL archive, Path directory) throws IOException {
    Path home = directory.getParent();
    Path partial = Files.createTempDirectory(home, FileTrees.PARTIAL + PREFIX);
    try (InputStream in = archive.openStream();
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        extract(tar, entry, partial);
      }
      // Open to all: the server may run as another user than the node.
      FileTrees.setDirectoryPermissions(partial, "rwxr-xr-x");
      // A power failure must not leave a directory that exists and holds empty files.
      Command.run(home, List.of("sync", "-f", partial.toString()), SYNC_LIMIT);
      FileTrees.move(partial, directory);
    } finally {
      FileTrees.delete(partial);
    }
  }

  private static void extract(InputStream content, TarArchiveEntry entry, Path root)
      throws IOException {
    Path path = inside(root, root.resolve(entry.getName()), entry);
    Files.createDirectories(path.getParent());
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    } else if (entry.isSymbolicLink()) {
      inside(root, path.resolveSibling(entry.getLinkName()), entry);
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    } else if (entry.isFile()) {
      Files.copy(content, path);
    } else {
      throw new IOException(entry.getName() + ": neither file, directory nor symbolic link");
    }
    boolean program = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static Path inside(Path root, Path path, TarArchiveEntry entry) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(root)) {
      throw new IOException(entry.getName() + ": leaves the directory it is unpacked into");
    }
    return normal;
  }
}
