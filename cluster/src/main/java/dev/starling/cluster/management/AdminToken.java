package dev.starling.cluster.management;

import dev.starling.cluster.config.ManagementConfig;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.OwnerFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The secret that operators show. Immutable; it keeps only a digest, so that comparing takes the
 * same time whatever is shown.
 */
public final class AdminToken {
  /** Its name in the data directory, which all nodes of a host share. */
  static final String FILE = "admin-token";

  private static final int RANDOM_BYTES = 32;

  private final byte[] digest;

  private AdminToken(byte[] digest) {
    this.digest = digest;
  }

  static AdminToken of(String token) {
    return new AdminToken(sha256(token));
  }

  /**
   * What the management port asks for: the configured token, or off loopback the generated one;
   * null when it asks for none. Blocks.
   *
   * @throws ConfigException when there is no usable token
   */
  public static @Nullable AdminToken of(ManagementConfig settings, Path dataDirectory) {
    if (settings.token().isPresent()) {
      return of(settings.token().value());
    }
    return isLoopback(settings.host()) ? null : in(dataDirectory);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "management.host: " + host + " (expected: an address of this machine)");
    }
  }

  /**
   * Reads the token that the nodes of this data directory share; the first one that asks makes it.
   * Blocks.
   *
   * @throws ConfigException when the file cannot be used
   */
  static AdminToken in(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    try {
      String token = OwnerFile.readOrCreate(file, AdminToken::fresh);
      String problem = ManagementConfig.problemOf(token);
      if (problem != null) {
        throw new ConfigException(file + ": " + problem);
      }
      return of(token);
    } catch (IOException e) {
      throw new ConfigException(
          "management.token: not set, and %s cannot be used: %s (expected: a readable file)"
              .formatted(file, e));
    }
  }

  /** Whether this is the token. */
  boolean matches(String shown) {
    return MessageDigest.isEqual(digest, sha256(shown));
  }

  private static String fresh() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "AdminToken[***]";
  }
}
