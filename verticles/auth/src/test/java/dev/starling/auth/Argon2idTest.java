package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class Argon2idTest {
  private final Argon2id hashing = new Argon2id(64, 1, new SecureRandom());

  @Test
  void matches_hashOfTheReferenceImplementation_agrees() {
    // From the test suite of the reference implementation: password, somesalt, m=2^16, t=2, p=1.
    String reference =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    assertThat(hashing.matches("password", reference)).isTrue();
    assertThat(hashing.matches("Password", reference)).isFalse();
  }

  @Test
  void hash_samePasswordTwice_differsAndBothMatch() {
    String first = hashing.hash("correct horse");
    String second = hashing.hash("correct horse");

    assertThat(first).startsWith("$argon2id$v=19$m=64,t=1,p=1$").isNotEqualTo(second);
    assertThat(hashing.matches("correct horse", first)).isTrue();
    assertThat(hashing.matches("correct horse", second)).isTrue();
    assertThat(hashing.matches("correct horse ", first)).isFalse();
  }

  @Test
  void matches_letterInOtherCodePoints_isTheSamePassword() {
    assertThat(hashing.matches("caf\u00e9 noir", hashing.hash("cafe\u0301 noir"))).isTrue();
  }

  @Test
  void unmatchable_anyPassword_costsTheSameAndFails() {
    assertThat(hashing.unmatchable()).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
    assertThat(hashing.matches("", hashing.unmatchable())).isFalse();
  }

  @Test
  void isCurrent_otherCost_isNot() {
    assertThat(hashing.isCurrent(hashing.hash("x"))).isTrue();
    assertThat(new Argon2id(128, 1, new SecureRandom()).isCurrent(hashing.hash("x"))).isFalse();
  }

  @Test
  void matches_anotherFormat_saysSo() {
    assertThatThrownBy(() -> hashing.matches("x", "$2b$10$abc"))
        .hasMessage("stored hash: unknown format (expected: Argon2id)");
  }
}
