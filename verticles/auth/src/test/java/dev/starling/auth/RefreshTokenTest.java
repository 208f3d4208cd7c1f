package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshTokenTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void parse_generatedToken_givesItsFamilyAndHash() {
    UUID family = UUID.randomUUID();
    RefreshToken token = RefreshToken.generate(family, random);

    RefreshToken parsed = RefreshToken.parse(token.text());

    assertThat(parsed).isNotNull();
    assertThat(parsed.family()).isEqualTo(family);
    assertThat(parsed.hash()).isEqualTo(token.hash()).hasSize(32);
  }

  @Test
  void generate_sameFamilyTwice_givesDifferentSecrets() {
    UUID family = UUID.randomUUID();

    assertThat(RefreshToken.generate(family, random).hash())
        .isNotEqualTo(RefreshToken.generate(family, random).hash());
  }

  @Test
  void toString_anyToken_hidesTheSecret() {
    RefreshToken token = RefreshToken.generate(UUID.randomUUID(), random);

    assertThat(token.toString()).doesNotContain(token.text().substring(22));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "../../etc/passwd", "' OR 1=1 --"})
  void parse_notOurForm_isNull(String text) {
    assertThat(RefreshToken.parse(text)).isNull();
    assertThat(RefreshToken.parse(text + "!".repeat(64 - text.length()))).isNull();
  }
}
