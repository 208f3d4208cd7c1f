package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCheckTest {
  private static final String CLIENT = "192.0.2.1";
  private static final int LIMIT = 50;
  private static final String BAD = new TokenForge().hs256() + "A".repeat(4);

  private final ManualClock clock = new ManualClock();
  private final RevocationList revocations = new RevocationList();
  private final AtomicReference<VerificationKeys> keys =
      new AtomicReference<>(keys(TokenForge.SECRET));
  private TokenCheck check = check(true);

  private static VerificationKeys keys(String secret) {
    return new VerificationKeys(
        Map.of(),
        new VerificationKey.Hmac(
            new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256")));
  }

  private TokenCheck check(boolean cached) {
    TokenProfile profile =
        new TokenProfile(
            "starling", "starling", Duration.ofSeconds(30), Duration.ofHours(24), Set.of());
    return new TokenCheck(
        new TokenVerifier(profile, keys::get),
        keys::get,
        new VerdictCache(new AuthConfig.VerifiedTokenCache(cached, 100)),
        new BadTokenLimit(new AuthConfig.BadTokens(LIMIT, Duration.ofSeconds(10), 100)),
        revocations);
  }

  private Verification answer(String token, String client) {
    return check.check(token, client, clock.millis()).answer();
  }

  private Verification answer(String token) {
    return answer(token, CLIENT);
  }

  private static Reason reasonOf(Verification answer) {
    assertThat(answer).isInstanceOf(Rejected.class);
    return ((Rejected) answer).reason();
  }

  private void flood() {
    for (int i = 0; i <= LIMIT; i++) {
      assertThat(reasonOf(answer(BAD))).isNotEqualTo(Reason.FLOOD);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void check_tokenExpires_isRejectedFromThatSecondOn(boolean cached) {
    check = check(cached);
    String token = new TokenForge().hs256();
    assertThat(answer(token)).isInstanceOf(Verified.class);

    clock.advance(Duration.ofSeconds(599));
    assertThat(answer(token)).isInstanceOf(Verified.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(reasonOf(answer(token))).isEqualTo(Reason.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void check_tokenRevokedById_isRejectedAtOnce(boolean cached) {
    check = check(cached);
    String token = new TokenForge().hs256();
    assertThat(answer(token)).isInstanceOf(Verified.class);

    revocations.add(new TokensRevoked("token-1", "", 0, clock.instant().getEpochSecond() + 600));

    assertThat(reasonOf(answer(token))).isEqualTo(Reason.REVOKED);
    assertThat(answer(new TokenForge().with("jti", "\"token-2\"").hs256()))
        .isInstanceOf(Verified.class);
  }

  @Test
  void check_subjectRevoked_rejectsWhatWasIssuedUpToThen() {
    String before = new TokenForge().with("iat", TokenForge.seconds(10)).hs256();
    String after = new TokenForge().with("iat", TokenForge.seconds(11)).hs256();
    long now = clock.instant().getEpochSecond();

    revocations.add(new TokensRevoked("", "user-1", now + 10, now + 86_400));

    assertThat(reasonOf(answer(before))).isEqualTo(Reason.REVOKED);
    assertThat(answer(after)).isInstanceOf(Verified.class);
  }

  @Test
  void check_keysReplaced_forgetsWhatWasVerifiedWithThem() {
    String token = new TokenForge().hs256();
    assertThat(answer(token)).isInstanceOf(Verified.class);

    keys.set(keys("another-secret-of-at-least-32-bytes!"));

    assertThat(reasonOf(answer(token))).isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void check_tooManyBadTokens_refusesTheAddressUntilItsWindowEnds() {
    flood();

    clock.advance(Duration.ofSeconds(4));
    Rejected refused = (Rejected) answer(new TokenForge().hs256());
    assertThat(refused.reason()).isEqualTo(Reason.FLOOD);
    assertThat(refused.retryAfterSeconds()).isEqualTo(6);
    assertThat(answer(new TokenForge().hs256(), "192.0.2.2")).isInstanceOf(Verified.class);

    clock.advance(Duration.ofSeconds(6));
    assertThat(answer(new TokenForge().hs256())).isInstanceOf(Verified.class);
  }

  @Test
  void check_floodFromAnAddress_sparesTheTokensItIsKnownBy() {
    String known = new TokenForge().hs256();
    assertThat(answer(known)).isInstanceOf(Verified.class);

    flood();

    assertThat(answer(known)).isInstanceOf(Verified.class);
  }

  @Test
  void check_expiredTokens_areNoFlood() {
    String expired =
        new TokenForge()
            .with("iat", TokenForge.seconds(-60))
            .with("exp", TokenForge.seconds(-1))
            .hs256();
    for (int i = 0; i < 3 * LIMIT; i++) {
      assertThat(reasonOf(answer(expired))).isEqualTo(Reason.EXPIRED);
    }
  }

  @Test
  void check_floodFromOneIpv6Network_isCountedTogether() {
    for (int i = 0; i <= LIMIT; i++) {
      answer(BAD, "2001:db8:1:2:0:0:0:" + Integer.toHexString(i));
    }

    assertThat(reasonOf(answer(BAD, "2001:db8:1:2:ffff:0:0:1"))).isEqualTo(Reason.FLOOD);
    assertThat(reasonOf(answer(BAD, "2001:db8:1:3:0:0:0:1"))).isNotEqualTo(Reason.FLOOD);
  }

  @Test
  void forgetExpired_afterTheLastTokenExpired_freesTheEntry() {
    long now = clock.instant().getEpochSecond();
    revocations.add(new TokensRevoked("token-1", "", 0, now + 10));
    revocations.add(new TokensRevoked("", "user-1", now, now + 20));

    revocations.forgetExpired(now + 10);
    assertThat(revocations.size()).isEqualTo(2);
    revocations.forgetExpired(now + 11);
    assertThat(revocations.size()).isEqualTo(1);
    revocations.forgetExpired(now + 21);
    assertThat(revocations.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2001:db8:0:1:2:3:4:5=2001:db8:0:1::/64",
        "2001:db8::1=2001:db8::/64",
        "::1=::/64",
        "192.0.2.1=192.0.2.1",
        "garbage=garbage"
      })
  void network_ofAnAddress_isItsPrefix(String pair) {
    String[] parts = pair.split("=");
    assertThat(BadTokenLimit.network(parts[0])).isEqualTo(parts[1]);
  }
}
