package dev.starling.webhook;

import dev.starling.sdk.ConfigException;
import dev.starling.sdk.OwnerFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The secret that nodes of one data directory share, made by the first of them. */
final class SecretFile {
  /** Its name in the data directory. */
  static final String NAME = "webhook-secret";

  private SecretFile() {}

  /**
   * Reads the secret; makes it if there is none. Blocks.
   *
   * @throws ConfigException when the file cannot be used
   */
  static SigningSecret in(Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    try {
      return SigningSecret.parse(
          OwnerFile.readOrCreate(file, () -> SigningSecret.fresh(new SecureRandom())));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new ConfigException(
          "webhooks.secret: not set, and %s cannot be used: %s (expected: a readable file)"
              .formatted(file, e));
    }
  }
}
