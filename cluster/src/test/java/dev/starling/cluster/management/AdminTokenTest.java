package dev.starling.cluster.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.cluster.config.ManagementConfig;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdminTokenTest {
  private static final String GOOD = "0123456789abcdef";

  @TempDir private Path data;

  @Test
  void matches_theToken_andNothingElse() {
    AdminToken token = AdminToken.of(GOOD);

    assertThat(token.matches(GOOD)).isTrue();
    assertThat(token.matches(GOOD + "0")).isFalse();
    assertThat(token.matches("")).isFalse();
    assertThat(token).hasToString("AdminToken[***]");
  }

  @Test
  void of_loopbackWithoutToken_asksForNone() {
    assertThat(AdminToken.of(settings("127.0.0.1", ""), data)).isNull();
    assertThat(AdminToken.of(settings("localhost", ""), data)).isNull();
    assertThat(AdminToken.of(settings("::1", ""), data)).isNull();
    assertThat(data.resolve(AdminToken.FILE)).doesNotExist();
  }

  @Test
  void of_configuredToken_isAskedForOnLoopbackToo() {
    AdminToken token = AdminToken.of(settings("127.0.0.1", GOOD), data);

    assertThat(token).isNotNull();
    assertThat(token.matches(GOOD)).isTrue();
  }

  @Test
  void of_offLoopback_isGeneratedForItsOwnerAlone() throws IOException {
    AdminToken token = AdminToken.of(settings("0.0.0.0", ""), data.resolve("new"));

    Path file = data.resolve("new").resolve(AdminToken.FILE);
    String value = Files.readString(file).strip();
    assertThat(token).isNotNull();
    assertThat(token.matches(value)).isTrue();
    assertThat(value).hasSize(43);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void in_manyNodesAtOnce_allGetTheSame() throws Exception {
    ExecutorService nodes = Executors.newFixedThreadPool(8);
    try {
      Callable<AdminToken> start = () -> AdminToken.in(data);
      List<Future<AdminToken>> started =
          nodes.invokeAll(Stream.generate(() -> start).limit(64).toList());
      String value = Files.readString(data.resolve(AdminToken.FILE)).strip();
      for (Future<AdminToken> token : started) {
        assertThat(token.get().matches(value)).isTrue();
      }
    } finally {
      nodes.shutdownNow();
    }
  }

  @Test
  void in_fileThatOthersMayRead_isRefused() throws IOException {
    Path file = Files.writeString(data.resolve(AdminToken.FILE), GOOD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> AdminToken.in(data))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rw-r--r-- (expected: rw-------)");
  }

  @Test
  void in_fileWithoutToken_isRefusedWithoutShowingIt() throws IOException {
    Path file = Files.writeString(data.resolve(AdminToken.FILE), "short");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> AdminToken.in(data))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("5 characters (expected: 16..1024 visible ASCII characters)")
        .hasMessageNotContaining("short");
  }

  private static ManagementConfig settings(String host, String token) {
    return new ManagementConfig(host, 0, new Secret(token));
  }
}
