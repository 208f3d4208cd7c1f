package dev.starling.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the nodes of a lab share in one directory.
 *
 * @param config read by every node; it names the policy file
 * @param data of the database that the first node brings along
 */
public record LabFiles(Path config, Path policies, Path data, Path logs) {
  /** A policy file under which everybody can sign up and in; more limits may follow. */
  public static final String OPEN =
      """
      limits:
        - { name: sign-in, rate: {} }
        - { name: sign-up, rate: {} }
      """;

  /* Tokens outlive a run. */
  private static final String CONFIG =
      """
      auth:
        access-token-lifetime: 1d
        max-accepted-lifetime: 1d
      policies: %s
      """;

  /** Writes what nodes read before the first of them is started. */
  public static LabFiles write(Path directory, String policy) {
    return write(directory, policy, "");
  }

  /**
   * Likewise.
   *
   * @param settings more of the configuration, as YAML
   */
  public static LabFiles write(Path directory, String policy, String settings) {
    Path home = directory.toAbsolutePath();
    LabFiles files =
        new LabFiles(
            home.resolve("starling.yaml"),
            home.resolve("policies.yaml"),
            home.resolve("data"),
            home.resolve("logs"));
    try {
      Files.createDirectories(files.logs);
      Files.writeString(files.config, CONFIG.formatted(files.policies) + settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.policy(policy);
    return files;
  }

  /** Replaces the policy file; nodes that run are not told. */
  public void policy(String yaml) {
    try {
      Files.writeString(policies, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
