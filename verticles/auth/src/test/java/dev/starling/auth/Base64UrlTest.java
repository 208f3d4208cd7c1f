package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Base64UrlTest {
  private static byte[] decoded(String text) {
    byte[] out = new byte[512];
    byte[] bytes = ("." + text + ".").getBytes(StandardCharsets.ISO_8859_1);
    int length = Base64Url.decode(bytes, 1, bytes.length - 1, out);
    return length < 0 ? null : Arrays.copyOf(out, length);
  }

  @Test
  void decode_everyLength_agreesWithTheJdk() {
    Random random = new Random(7);
    for (int length = 1; length <= 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

      assertThat(decoded(text)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "AAAAA", "AA==", "AAA=", "A+AA", "A/AA", "AA A", "AA\nA", "AAé"})
  void decode_notBase64url_isRefused(String text) {
    assertThat(decoded(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AB", "AP", "AAB", "AAD"})
  void decode_bitsOfNoByte_isRefused(String text) {
    assertThat(decoded(text)).isNull();
  }

  @Test
  void decode_outputTooSmall_isRefused() {
    assertThat(Base64Url.decode(new byte[] {'A', 'A', 'A', 'A'}, 0, 4, new byte[2])).isEqualTo(-1);
  }
}
