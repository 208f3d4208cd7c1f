package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ServerBinariesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, postgres-linux-x86_64.txz",
    "Linux, x86_64, postgres-linux-x86_64.txz",
    "Linux, aarch64, postgres-linux-arm_64.txz",
  })
  void resourceName_supportedMachine_isOnTheClassPath(String os, String arch, String resource) {
    assertThat(ServerBinaries.resourceName(os, arch)).isEqualTo(resource);
    assertThat(getClass().getClassLoader().getResource(resource)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"Mac OS X, aarch64", "Windows 11, amd64", "Linux, riscv64"})
  void resourceName_otherMachine_isRefused(String os, String arch) {
    assertThatThrownBy(() -> ServerBinaries.resourceName(os, arch))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining(os + " " + arch + " (expected: Linux on x86_64 or aarch64")
        .hasMessageContaining("postgres.uri");
  }

  @Test
  void version_isThatOfTheDependency() {
    assertThat(ServerBinaries.version()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(ServerBinaries.version()).startsWith(ServerBinaries.majorVersion() + ".");
  }

  @Test
  void unpack_keepsModesAndLinksAndLeavesNothingElse() throws Exception {
    Path archive = archive(file("bin/run", 0755), file("share/read", 0600), link("lib/a", "b"));
    Path target = directory.resolve("out").resolve("bin-x");
    Files.createDirectory(target.getParent());
    ServerBinaries.unpack(archive.toUri().toURL(), target);
    assertThat(mode(target.resolve("bin/run"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(target.resolve("bin"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(target.resolve("share/read"))).isEqualTo("rw-r--r--");
    assertThat(Files.readSymbolicLink(target.resolve("lib/a"))).isEqualTo(Path.of("b"));
    assertThat(target.getParent()).isDirectoryNotContaining("glob:**partial-*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/evil", "bin/../../evil"})
  void unpack_entryThatLeavesTheDirectory_isRefused(String name) throws Exception {
    Path archive = archive(file(name, 0644));
    Path target = directory.resolve("out").resolve("bin-x");
    Files.createDirectory(target.getParent());
    assertThatThrownBy(() -> ServerBinaries.unpack(archive.toUri().toURL(), target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leaves the directory");
    assertThat(target.getParent()).isEmptyDirectory();
    assertThat(directory.resolve("evil")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../evil", "/etc/passwd"})
  void unpack_linkThatLeavesTheDirectory_isRefused(String linkTarget) throws Exception {
    Path archive = archive(link("lib/a", linkTarget));
    Path target = directory.resolve("out").resolve("bin-x");
    Files.createDirectory(target.getParent());
    assertThatThrownBy(() -> ServerBinaries.unpack(archive.toUri().toURL(), target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leaves the directory");
  }

  @Test
  void unpack_truncatedArchive_leavesNothing() throws Exception {
    Path archive = archive(file("bin/run", 0755));
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
    Path target = directory.resolve("out").resolve("bin-x");
    Files.createDirectory(target.getParent());
    assertThatThrownBy(() -> ServerBinaries.unpack(archive.toUri().toURL(), target))
        .isInstanceOf(IOException.class);
    assertThat(target.getParent()).isEmptyDirectory();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static TarArchiveEntry file(String name, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    return entry;
  }

  private static TarArchiveEntry link(String name, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return entry;
  }

  private Path archive(TarArchiveEntry... entries) throws IOException {
    byte[] content = "content".getBytes(StandardCharsets.UTF_8);
    Path archive = directory.resolve("archive.txz");
    try (OutputStream file = Files.newOutputStream(archive);
        XZOutputStream xz = new XZOutputStream(file, new LZMA2Options());
        TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
      for (TarArchiveEntry entry : entries) {
        if (entry.isSymbolicLink()) {
          tar.putArchiveEntry(entry);
        } else {
          entry.setSize(content.length);
          tar.putArchiveEntry(entry);
          tar.write(content);
        }
        tar.closeArchiveEntry();
      }
    }
    return archive;
  }
}
