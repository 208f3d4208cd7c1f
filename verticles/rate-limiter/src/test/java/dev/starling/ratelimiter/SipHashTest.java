package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SipHashTest {

  /** The authors' vectors for keys 00 01 .. 0f and input 00 01 .., of even lengths. */
  @Test
  void hash_publishedVectors_agree() {
    SipHash hash = new SipHash(2, 4, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    assertThat(hash.hash("")).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(hash.hash(bytes(2))).isEqualTo(0x0d6c8009d9a94f5aL);
    assertThat(hash.hash(bytes(4))).isEqualTo(0xcf2794e0277187b7L);
    assertThat(hash.hash(bytes(6))).isEqualTo(0xcbc9466e58fee3ceL);
    assertThat(hash.hash(bytes(8))).isEqualTo(0x93f5f5799a932462L);
    assertThat(hash.hash(0x0706050403020100L)).isEqualTo(0x93f5f5799a932462L);
  }

  @Test
  void hash_keyed_differsByKeyAndText() {
    Random random = new Random(1);
    Set<Long> seen = new HashSet<>();

    for (int key = 0; key < 20; key++) {
      SipHash hash = SipHash.keyedFrom(random);
      for (int text = 0; text < 1_000; text++) {
        seen.add(hash.hash("user-" + text));
      }
    }

    assertThat(seen).hasSize(20_000);
  }

  @Test
  void hash_textsThatCollideInString_differ() {
    SipHash hash = SipHash.keyedFrom(new Random(2));

    assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
    assertThat(hash.hash("AaAa")).isNotEqualTo(hash.hash("BBBB"));
    assertThat(hash.hash("a")).isNotEqualTo(hash.hash("a\0"));
  }

  /** The bytes 0, 1, .. as UTF-16 code units, low byte first. */
  private static String bytes(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i += 2) {
      text.append((char) (i | (i + 1) << 8));
    }
    return text.toString();
  }
}
