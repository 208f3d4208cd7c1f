package dev.starling.webhook;

import dev.starling.sdk.ConfigException;
import dev.starling.sdk.OwnerFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The secret that nodes of one data directory share, made by the first of them. */
final class SecretFile {
  /** Its name in the data directory. */
  static final String NAME = "webhook-secret";

  private static final int RANDOM_BYTES = 32;

  private SecretFile() {}

  /**
   * Reads the secret; makes it if there is none. Blocks.
   *
   * @throws ConfigException when the file cannot be used
   */
  static SigningSecret in(Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    try {
      return SigningSecret.parse(OwnerFile.readOrCreate(file, SecretFile::fresh));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new ConfigException(
          "webhooks.secret: not set, and %s cannot be used: %s (expected: a readable file)"
              .formatted(file, e));
    }
  }

  private static String fresh() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return SigningSecret.PREFIX + Base64.getEncoder().encodeToString(random);
  }
}
