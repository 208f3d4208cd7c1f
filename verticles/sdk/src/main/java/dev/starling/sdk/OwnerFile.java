package dev.starling.sdk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A secret in a file that its owner alone may read, which the nodes of one data directory share and
 * the first of them makes. Without state; blocks.
 */
public final class OwnerFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private OwnerFile() {}

  /**
   * Reads what is in the file, without blanks around it; makes the file if there is none.
   *
   * @param fresh gives what a new file has
   * @throws ConfigException when somebody else may read it
   */
  public static String readOrCreate(Path file, Supplier<String> fresh) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    if (!Files.exists(file)) {
      create(directory, file, fresh.get());
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(mode)) {
      throw new ConfigException(
          file + ": mode " + PosixFilePermissions.toString(mode) + " (expected: rw-------)");
    }
    return Files.readString(file).strip();
  }

  /** It appears under its name only when it is complete, and never replaces another one. */
  private static void create(Path directory, Path file, String text) throws IOException {
    Path partial =
        Files.createTempFile(
            directory, "partial-secret", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(partial, text + "\n");
      Files.createLink(file, partial);
    } catch (FileAlreadyExistsException otherNodeWasFaster) {
      // What it wrote is as good.
    } finally {
      Files.delete(partial);
    }
  }
}
