package dev.starling.auth;

import static dev.starling.auth.AuthNode.ADMIN;
import static dev.starling.auth.AuthNode.ADMIN_PASSWORD;
import static dev.starling.auth.AuthNode.json;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.sdk.NodeScope;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AdminSeedIT {
  @TempDir Path directory;
  private AuthNode node;

  @BeforeEach
  void start() {
    node = new AuthNode(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void assertIsAdmin(String email, String password) {
    JsonNode tokens = json(node.signIn(email, password));
    Verified verified = (Verified) node.verify(tokens.path("access_token").asText());
    assertThat(verified.principal().isAdmin()).isTrue();
  }

  private long admins() {
    return node.rows("SELECT FROM auth.credentials WHERE 'admin' = ANY (scopes)").size();
  }

  @Test
  void seed_configuredAdministrator_canSignIn() {
    node.startUsers();
    node.startAuth();
    await(node.seeded());

    assertIsAdmin(ADMIN, ADMIN_PASSWORD);
  }

  @Test
  void seed_usersServiceComesLater_isMadeThen() {
    node.startAuth();
    assertThat(node.seeded().isComplete()).isFalse();
    assertThat(node.verify(new TokenForge().hs256())).isInstanceOf(Verified.class);

    node.startUsers();
    await(node.seeded());

    assertIsAdmin(ADMIN, ADMIN_PASSWORD);
  }

  @Test
  void seed_severalNodesAtTheSameTime_leaveOneAdministrator() {
    node.startAuth();
    NodeScope second = node.startAnother();
    NodeScope third = node.startAnother();
    node.startUsers();

    await(node.seeded());
    await(AuthNode.seeded(second));
    await(AuthNode.seeded(third));

    assertThat(node.users().count()).isEqualTo(1);
    assertIsAdmin(ADMIN, ADMIN_PASSWORD);
    assertThat(admins()).isEqualTo(1);
  }

  @Test
  void seed_again_changesNothing() {
    node.startUsers();
    node.startAuth();
    await(node.seeded());
    String hash = hash();

    await(AuthNode.seeded(node.startAnother()));

    assertThat(hash()).isEqualTo(hash);
  }

  private String hash() {
    return node.rows("SELECT password_hash FROM auth.credentials").get(0).getString(0);
  }

  @Test
  void seed_newPasswordConfigured_replacesTheOldOne() {
    node.startUsers();
    node.startAuth();
    await(node.seeded());

    node.node().settings().withObject("/admin").put("password", "another password");
    await(AuthNode.seeded(node.startAnother()));

    node.clock().advance(Duration.ofSeconds(1));
    assertIsAdmin(ADMIN, "another password");
    assertThat(node.signIn(ADMIN, ADMIN_PASSWORD)).isInstanceOf(Refused.class);
  }

  @Test
  void seed_addressOfAnOrdinaryUser_doesNotMakeThatPersonAdministrator() {
    node.node().settings().remove("admin");
    node.startUsers();
    node.startAuth();
    await(node.seeded());
    node.signUp(ADMIN, "chosen by a stranger");
    JsonNode tokens = json(node.signIn(ADMIN, "chosen by a stranger"));

    node.node().settings().putObject("admin").put("email", ADMIN).put("password", ADMIN_PASSWORD);
    await(AuthNode.seeded(node.startAnother()));

    assertThat(node.signIn(ADMIN, "chosen by a stranger")).isInstanceOf(Refused.class);
    assertThat(node.refresh(tokens.path("refresh_token").asText())).isInstanceOf(Refused.class);
    Eventually.get(
        () -> node.verify(tokens.path("access_token").asText()), Rejected.class::isInstance);
    node.clock().advance(Duration.ofSeconds(1));
    assertIsAdmin(ADMIN, ADMIN_PASSWORD);
  }

  @Test
  void seed_nothingConfigured_makesADefaultAdministratorOnce() {
    node.node().settings().remove("admin");
    node.startUsers();
    node.startAuth();
    await(node.seeded());
    String hash = hash();

    await(AuthNode.seeded(node.startAnother()));

    assertThat(node.users().count()).isEqualTo(1);
    assertThat(admins()).isEqualTo(1);
    assertThat(hash()).isEqualTo(hash).startsWith("$argon2id$");
    assertThat(node.signUp(AdminConfig.DEFAULT_EMAIL, "some password")).isNotInstanceOf(Done.class);
  }
}
