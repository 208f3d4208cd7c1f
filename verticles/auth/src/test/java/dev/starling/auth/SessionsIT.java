package dev.starling.auth;

import static dev.starling.auth.AuthNode.header;
import static dev.starling.auth.AuthNode.json;
import static dev.starling.auth.AuthNode.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SessionsIT {
  private static final String EMAIL = "ada@example.org";
  private static final String PASSWORD = "correct horse";

  @TempDir Path directory;
  private AuthNode node;
  private String userId;

  @BeforeEach
  void start() {
    node = AuthNode.start(directory);
    userId = json(node.signUp(EMAIL, PASSWORD)).path("id").asText();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private JsonNode signIn() {
    return json(node.signIn(EMAIL, PASSWORD));
  }

  private static String access(JsonNode tokens) {
    return tokens.path("access_token").asText();
  }

  private static String refresh(JsonNode tokens) {
    return tokens.path("refresh_token").asText();
  }

  private static void assertInvalidGrant(OperationReply reply) {
    assertThat(refused(reply).refusal()).isEqualTo(Refusal.UNAUTHENTICATED);
    assertThat(refused(reply).type()).isEqualTo("invalid_grant");
  }

  private void assertRejected(String token, Reason reason) {
    assertThat(((Rejected) node.verify(token)).reason()).isEqualTo(reason);
  }

  @Test
  void signIn_rightPassword_givesATokenThatVerifies() {
    OperationReply reply = node.signIn(EMAIL, PASSWORD);

    JsonNode tokens = json(reply);
    assertThat(header(reply, "cache-control")).isEqualTo("no-store");
    assertThat(tokens.path("expires_in").asInt()).isEqualTo(900);
    assertThat(node.verify(access(tokens)))
        .isEqualTo(
            new Verified(
                new Principal(userId, Set.of()), node.clock().instant().getEpochSecond() + 900));
  }

  @Test
  void keys_asPublished_verifyTheTokensForOthers() throws Exception {
    OperationReply reply = node.operate("auth.keys", Map.of());
    SignedJWT token = SignedJWT.parse(access(signIn()));

    JWKSet keys = JWKSet.parse(json(reply).toString());

    assertThat(header(reply, "cache-control")).isEqualTo("public, max-age=300");
    assertThat(keys.getKeys()).hasSize(1).noneMatch(JWK::isPrivate);
    assertThat(json(reply).path("keys").path(0).path("use").asText()).isEqualTo("sig");
    assertThat(json(reply).path("keys").path(0).path("alg").asText()).isEqualTo("RS256");
    assertThat(token.getHeader().getType().getType()).isEqualTo("at+jwt");
    assertThat(
            token.verify(
                new RSASSAVerifier(keys.getKeyByKeyId(token.getHeader().getKeyID()).toRSAKey())))
        .isTrue();
  }

  @Test
  void refresh_newestToken_givesTheNextPair() {
    JsonNode first = signIn();

    JsonNode second = json(node.refresh(refresh(first)));
    JsonNode third = json(node.refresh(refresh(second)));

    assertThat(node.verify(access(third))).isInstanceOf(Verified.class);
    assertThat(Set.of(refresh(first), refresh(second), refresh(third))).hasSize(3);
    assertThat(node.rows("SELECT generation FROM auth.refresh_tokens"))
        .singleElement()
        .satisfies(row -> assertThat(row.getInteger(0)).isEqualTo(3));
  }

  @Test
  void refresh_usedToken_endsTheFamilyAndVoidsItsAccessTokens() {
    JsonNode stolen = signIn();
    JsonNode thiefs = json(node.refresh(refresh(stolen)));

    assertInvalidGrant(node.refresh(refresh(stolen)));

    assertInvalidGrant(node.refresh(refresh(thiefs)));
    assertRejected(access(thiefs), Reason.REVOKED);
    assertRejected(access(stolen), Reason.REVOKED);
  }

  @Test
  void refresh_usedToken_leavesOtherSessionsAlone() {
    JsonNode other = signIn();
    JsonNode stolen = signIn();
    node.refresh(refresh(stolen));

    node.refresh(refresh(stolen));

    node.clock().advance(Duration.ofSeconds(1));
    JsonNode next = json(node.refresh(refresh(other)));
    assertThat(node.verify(access(next))).isInstanceOf(Verified.class);
  }

  @Test
  void refresh_expiredToken_isRefused() {
    JsonNode tokens = signIn();

    node.clock().advance(Duration.ofDays(30));

    assertInvalidGrant(node.refresh(refresh(tokens)));
  }

  @Test
  void refresh_tokenOfNoFamily_isRefused() {
    assertInvalidGrant(node.refresh("A".repeat(64)));
    assertInvalidGrant(node.refresh("no refresh token"));
  }

  @Test
  void refresh_userIsGone_endsTheSession() {
    JsonNode tokens = signIn();
    node.users().deleteSilently(userId);

    assertInvalidGrant(node.refresh(refresh(tokens)));

    assertThat(node.count("refresh_tokens")).isZero();
    assertRejected(access(tokens), Reason.REVOKED);
  }

  @Test
  void refresh_secretInTheDatabase_isOnlyAHash() {
    String token = refresh(signIn());

    assertThat(node.rows("SELECT t::text AS row FROM auth.refresh_tokens t"))
        .singleElement()
        .satisfies(row -> assertThat(row.getString("row")).doesNotContain(token.substring(22)));
  }

  @Test
  void revoke_refreshToken_endsItsSessionAndItsAccessToken() {
    JsonNode tokens = signIn();

    assertThat(node.revoke(refresh(tokens))).isInstanceOf(Done.class);

    assertInvalidGrant(node.refresh(refresh(tokens)));
    assertRejected(access(tokens), Reason.REVOKED);
    assertThat(node.signIn(EMAIL, PASSWORD)).isInstanceOf(Done.class);
  }

  @Test
  void revoke_accessToken_voidsThatOneOnly() {
    JsonNode one = signIn();
    JsonNode other = signIn();

    assertThat(node.revoke(access(one))).isInstanceOf(Done.class);

    assertRejected(access(one), Reason.REVOKED);
    assertThat(node.verify(access(other))).isInstanceOf(Verified.class);
    assertThat(json(node.refresh(refresh(one))).has("access_token")).isTrue();
  }

  @Test
  void revoke_unknownToken_isDone() {
    for (String token : new String[] {"unknown", "A".repeat(64), "a.b.c", "....", "é"}) {
      assertThat(node.revoke(token)).as(token).isInstanceOf(Done.class);
    }
    assertThat(node.count("revocations")).isZero();
  }

  @Test
  void revoke_floodOfBadTokens_isLimited() {
    String bad = new TokenForge().hs256() + "AAAA";
    for (int i = 0; i <= AuthConfig.defaults().badTokens().limit(); i++) {
      assertThat(node.revoke(bad)).isInstanceOf(Done.class);
    }

    OperationReply reply = node.revoke(bad);

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.LIMITED);
    assertThat(header(reply, "retry-after")).isEqualTo("10");
  }

  @Test
  void changed_userDeleted_forgetsItEverywhere() {
    JsonNode tokens = signIn();
    assertThat(node.verify(access(tokens))).isInstanceOf(Verified.class);

    node.users().delete(userId);

    Eventually.get(() -> node.verify(access(tokens)), Rejected.class::isInstance);
    assertRejected(access(tokens), Reason.REVOKED);
    Eventually.get(() -> node.count("refresh_tokens"), count -> count == 0);
    assertThat(node.rows("SELECT FROM auth.credentials WHERE user_id = '" + userId + "'"))
        .isEmpty();
    assertInvalidGrant(node.refresh(refresh(tokens)));
    assertThat(node.count("revocations")).isEqualTo(1);
  }
}
