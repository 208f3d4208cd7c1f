package dev.starling.postgres;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** Names the host, and on it the data directory, that an embedded server belongs to. */
final class HostIdentity {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACES = Path.of("/proc/self/ns");
  private static final int HEX_DIGITS = 32;

  private HostIdentity() {}

  /**
   * Equal for two processes if and only if they can share one server: same running kernel, same
   * process and network namespaces.
   *
   * <p>The boot id rather than {@code /etc/machine-id}: cloned machines share the latter.
   */
  static String domain() {
    try {
      return Files.readString(BOOT).strip()
          + " "
          + Files.readSymbolicLink(NAMESPACES.resolve("pid"))
          + " "
          + Files.readSymbolicLink(NAMESPACES.resolve("net"));
    } catch (IOException e) {
      throw new PostgresException("cannot identify this host: " + e, e);
    }
  }

  /** The identity of the server kept in {@code realDirectory}, as 32 hexadecimal digits. */
  static String of(Path realDirectory) {
    return hash(domain() + " " + realDirectory);
  }

  /** The first 128 bits of SHA-256. */
  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return String.format(Locale.ROOT, "%064x", new BigInteger(1, digest))
          .substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
