package dev.starling.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Utils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class NativeTokenizersTest {

  @Test
  void keepIn_directory_isForItsOwnerAloneAndTheNetworkIsOff() throws Exception {
    Path directory = Path.of("target", "native");
    NativeTokenizers.keepIn(directory);
    assertThat(Utils.getEngineCacheDir()).isEqualTo(directory.toAbsolutePath());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(Utils.isOfflineMode()).isTrue();
    assertThat(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")).isEqualTo("true");
  }
}
