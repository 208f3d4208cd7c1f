package dev.starling.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenBytesTest {
  private static final byte[] TWENTY = new byte[20];

  @TempDir Path folder;

  @Test
  void verify_sameBytes_passes() throws Exception {
    Files.writeString(folder.resolve("message.hex"), "01 02 # kind\n# nothing\nff\n");

    assertThatCode(() -> golden(false).verify("message", new byte[] {1, 2, -1}))
        .doesNotThrowAnyException();
  }

  @Test
  void verify_oneByteChanged_showsTheLineAndHowToWrite() throws Exception {
    assertThatThrownBy(() -> golden(true).verify("message", TWENTY));
    byte[] changed = TWENTY.clone();
    changed[17] = 5;

    assertThatThrownBy(() -> golden(false).verify("message", changed))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("first difference at byte 17, length 20 -> 20")
        .hasMessageContaining("- 0010  00 00 00 00")
        .hasMessageContaining("+ 0010  00 05 00 00")
        .hasMessageContaining("-Dgolden.write=true");
  }

  @Test
  void verify_longerMessage_fails() {
    assertThatThrownBy(() -> golden(true).verify("message", TWENTY));

    assertThatThrownBy(() -> golden(false).verify("message", new byte[21]))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("first difference at byte 20, length 20 -> 21");
  }

  @Test
  void verify_writing_failsThoughItWrote() {
    assertThatThrownBy(() -> golden(true).verify("message", TWENTY))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("run again without");

    assertThat(golden(false).read("message")).isEqualTo(TWENTY);
    assertThat(golden(false).names()).containsExactly("message");
  }

  @Test
  void verify_noFile_saysSo() {
    assertThatThrownBy(() -> golden(false).verify("absent", TWENTY))
        .hasMessageContaining("no golden bytes of absent");
  }

  private GoldenBytes golden(boolean write) {
    return new GoldenBytes(folder, write);
  }
}
