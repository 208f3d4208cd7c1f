package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir Path directory;

  @Test
  void in_firstTime_makesTwoLongPasswordsAndKeepsThem() throws Exception {
    Path file = directory.resolve("credentials");
    Credentials made = Credentials.in(file);
    assertThat(made.superuser()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(made.node());
    assertThat(made.node()).matches("[A-Za-z0-9_-]{43}");
    assertThat(Credentials.in(file)).isEqualTo(made);
    assertThat(Credentials.in(directory.resolve("other"))).isNotEqualTo(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void in_damagedFile_isRefused() throws Exception {
    Path file = directory.resolve("credentials");
    Credentials.in(file);
    Files.writeString(file, "only one\n");
    assertThatThrownBy(() -> Credentials.in(file))
        .hasMessageContaining("1 lines (expected: 2 passwords)");
  }

  @Test
  void toString_showsNothing() throws Exception {
    assertThat(Credentials.in(directory.resolve("credentials"))).hasToString("Credentials[***]");
  }
}
