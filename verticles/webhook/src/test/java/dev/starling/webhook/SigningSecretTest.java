package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** Computed by another implementation: Python's hmac. */
  @Test
  void signature_knownMessage_isTheKnownOne() {
    assertThat(
            SigningSecret.parse(SECRET)
                .signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_not base64!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa"
      })
  void parse_textThatIsNoSecret_isRefusedWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> SigningSecret.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unusable (expected: whsec_ and 24..64 bytes in base64)");
  }

  @Test
  void parse_bytesBeyondTheBound_areRefused() {
    String tooLong = Base64.getEncoder().encodeToString(new byte[65]);

    assertThatThrownBy(() -> SigningSecret.parse("whsec_" + tooLong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fresh_eachTime_isAnotherUsableSecret() {
    SecureRandom random = new SecureRandom();
    String one = SigningSecret.fresh(random);

    assertThat(one).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(SigningSecret.fresh(random)).isNotEqualTo(one);
    assertThat(SigningSecret.parse(one).signature("a", 1, "b")).startsWith("v1,");
  }

  @Test
  void toString_ofASecret_showsNothing() {
    assertThat(SigningSecret.parse(SECRET)).hasToString("SigningSecret[***]");
  }
}
