package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir Path directory;

  @Test
  void in_emptyDirectory_makesASecretThatStays() throws IOException {
    SigningSecret made = SecretFile.in(directory.resolve("data"));

    Path file = directory.resolve("data").resolve(SecretFile.NAME);
    assertThat(Files.readString(file)).matches("whsec_[A-Za-z0-9+/]{43}=\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SecretFile.in(directory.resolve("data")).signature("a", 1, "b"))
        .isEqualTo(made.signature("a", 1, "b"));
    assertThat(SecretFile.in(directory.resolve("other")).signature("a", 1, "b"))
        .isNotEqualTo(made.signature("a", 1, "b"));
  }

  @Test
  void in_fileThatOthersCanRead_isRefused() throws IOException {
    SecretFile.in(directory);
    Path file = directory.resolve(SecretFile.NAME);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> SecretFile.in(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ": mode rw-r--r-- (expected: rw-------)");
  }

  @Test
  void in_fileWithSomethingElse_isRefusedWithoutShowingIt() throws IOException {
    SecretFile.in(directory);
    Files.writeString(directory.resolve(SecretFile.NAME), "hidden");

    assertThatThrownBy(() -> SecretFile.in(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("unusable (expected: whsec_ and 24..64 bytes in base64)")
        .hasMessageNotContaining("hidden");
  }
}
