package dev.starling.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * The generated passwords of the embedded server, kept in a file that only the node's user reads.
 *
 * @param superuser of the bootstrap role, which creates the node's role and database
 * @param node of the role that nodes work with
 */
record Credentials(String superuser, String node) {
  private static final int PASSWORD_BYTES = 32;
  private static final String OWNER_ONLY = "rw-------";

  /** Reads the file, or writes one with new passwords; the caller holds the control lock. */
  static Credentials in(Path file) throws IOException {
    if (Files.exists(file)) {
      return read(file);
    }
    SecureRandom random = new SecureRandom();
    Credentials fresh = new Credentials(password(random), password(random));
    FileTrees.write(file, fresh.superuser + "\n" + fresh.node + "\n", OWNER_ONLY);
    return fresh;
  }

  private static Credentials read(Path file) throws IOException {
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    if (!PosixFilePermissions.fromString(OWNER_ONLY)
        .containsAll(PosixFilePermissions.fromString(mode))) {
      throw new PostgresException(file + ": mode " + mode + " (expected: " + OWNER_ONLY + ")");
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() != 2 || lines.stream().anyMatch(String::isBlank)) {
      throw new PostgresException(file + ": " + lines.size() + " lines (expected: 2 passwords)");
    }
    return new Credentials(lines.get(0), lines.get(1));
  }

  private static String password(SecureRandom random) {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "Credentials[***]";
  }
}
