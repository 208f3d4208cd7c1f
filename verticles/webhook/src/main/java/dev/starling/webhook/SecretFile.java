package dev.starling.webhook;

import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/** The secret that nodes of one data directory share, made by the first of them. */
final class SecretFile {
  /** Its name in the data directory. */
  static final String NAME = "webhook-secret";

  private static final int RANDOM_BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SecretFile() {}

  /**
   * Reads the secret; makes it if there is none. Blocks.
   *
   * @throws ConfigException when the file cannot be used
   */
  static SigningSecret in(Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    try {
      Files.createDirectories(dataDirectory);
      if (!Files.exists(file)) {
        create(file);
      }
      return read(file);
    } catch (IOException e) {
      throw new ConfigException(
          "webhooks.secret: not set, and %s cannot be used: %s (expected: a readable file)"
              .formatted(file, e));
    }
  }

  private static SigningSecret read(Path file) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(mode)) {
      throw new ConfigException(
          file + ": mode " + PosixFilePermissions.toString(mode) + " (expected: rw-------)");
    }
    try {
      return SigningSecret.parse(Files.readString(file).strip());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  /** It appears under its name only when it is complete, and never replaces another one. */
  private static void create(Path file) throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    Path partial =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "partial-secret",
            "",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(
          partial, SigningSecret.PREFIX + Base64.getEncoder().encodeToString(random) + "\n");
      Files.createLink(file, partial);
    } catch (FileAlreadyExistsException otherNodeWasFaster) {
      // Its secret is as good.
    } finally {
      Files.delete(partial);
    }
  }
}
