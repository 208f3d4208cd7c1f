package dev.starling.auth;

import static dev.starling.auth.AuthNode.header;
import static dev.starling.auth.AuthNode.json;
import static dev.starling.auth.AuthNode.refused;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SignUpIT {
  private static final String EMAIL = "Ada@example.org";
  private static final String PASSWORD = "correct horse";

  @TempDir Path directory;
  private AuthNode node;

  @BeforeEach
  void start() {
    node = AuthNode.start(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Sweeper sweeper() {
    return new Sweeper(node.shared(), new Users(new CallerBus(node.node())));
  }

  private void sweepAnHourLater() {
    node.clock().advance(Sweeper.UNCONFIRMED_LIFE.plus(Duration.ofSeconds(1)));
    await(sweeper().sweep(node.term(Sweeper.SINGLETON)));
  }

  /** Credentials besides that of the administrator. */
  private long credentials() {
    return node.count("credentials") - 1;
  }

  @Test
  void signUp_newAddress_isCreatedAndCanSignIn() {
    OperationReply reply = node.signUp(EMAIL, PASSWORD);

    JsonNode user = json(reply);
    assertThat(((Done) reply).kind()).isEqualTo(Kind.CREATED);
    assertThat(header(reply, "location")).isEqualTo("/v1/users/" + user.path("id").asText());
    assertThat(user.path("email").asText()).isEqualTo(EMAIL);
    assertThat(user.path("name").asText()).isEqualTo("Ada");
    assertThat(user.path("created_at").asText()).isNotEmpty();
    assertThat(json(node.signIn("ada@EXAMPLE.org", PASSWORD)).path("token_type").asText())
        .isEqualTo("Bearer");
  }

  @Test
  void signUp_addressOfAnother_isAConflict() {
    node.signUp(EMAIL, PASSWORD);

    OperationReply second = node.signUp(EMAIL.toUpperCase(Locale.ROOT), "another one");

    assertThat(refused(second).refusal()).isEqualTo(Refusal.CONFLICT);
    assertThat(refused(second).type()).isEqualTo("email-taken");
    assertThat(credentials()).isEqualTo(1);
  }

  @Test
  void signUp_brokenConstraints_namesEachOfThem() {
    OperationReply reply =
        node.operate("auth.signup", Map.of("email", "ada", "password", "short", "name", " "));

    assertThat(refused(reply).violations())
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrder("/email", "/password", "/name");
    assertThat(reply.toString()).doesNotContain("short");
  }

  @Test
  void signUp_storedPassword_isOnlyAHash() {
    node.signUp(EMAIL, PASSWORD);

    assertThat(node.rows("SELECT c::text AS row FROM auth.credentials c"))
        .allSatisfy(
            row ->
                assertThat(row.getString("row")).contains("$argon2id$").doesNotContain(PASSWORD));
  }

  @Test
  void signUp_confirmationRefused_didNothing() {
    node.users().breakConfirming(TestUsers.Fault.REFUSED);

    OperationReply reply = node.signUp(EMAIL, PASSWORD);

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(header(reply, "retry-after")).isEqualTo("1");
    assertThat(refused(node.signIn(EMAIL, PASSWORD)).refusal()).isEqualTo(Refusal.UNAUTHENTICATED);
    node.users().breakConfirming(TestUsers.Fault.NONE);
    assertThat(node.signUp(EMAIL, PASSWORD)).isInstanceOf(Done.class);
  }

  @Test
  void signUp_confirmationLost_isUnknownAndLeavesOnlyWhatExpires() {
    node.users().breakConfirming(TestUsers.Fault.LOST);

    OperationReply reply = node.signUp(EMAIL, PASSWORD);

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.UNKNOWN_OUTCOME);
    assertThat(credentials()).isEqualTo(1);
    await(sweeper().sweep(node.term(Sweeper.SINGLETON)));
    assertThat(credentials()).as("younger than an hour").isEqualTo(1);
    sweepAnHourLater();
    assertThat(credentials()).isZero();
  }

  @Test
  void signUp_answerOfConfirmationLost_isUnknownAndKeepsTheUser() {
    node.users().breakConfirming(TestUsers.Fault.ANSWER_LOST);

    OperationReply reply = node.signUp(EMAIL, PASSWORD);

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.UNKNOWN_OUTCOME);
    assertThat(node.signIn(EMAIL, PASSWORD)).isInstanceOf(Done.class);
    sweepAnHourLater();
    assertThat(credentials()).isEqualTo(1);
    assertThat(node.rows("SELECT FROM auth.credentials WHERE confirmed_at IS NULL")).isEmpty();
    assertThat(node.signIn(EMAIL, PASSWORD)).isInstanceOf(Done.class);
  }

  @Test
  void signUp_reservedButNeverConfirmed_addressPassesToTheNext() {
    Users users = new Users(new CallerBus(node.node()));
    assertThat(await(users.reserve(UUID.randomUUID(), EMAIL, "Mallory", node.node().anonymous())))
        .isTrue();

    assertThat(node.signUp(EMAIL, PASSWORD)).isInstanceOf(Done.class);
  }

  @Test
  void signUp_usersServiceGone_didNothing() {
    node.stopUsers();

    OperationReply reply = node.signUp(EMAIL, PASSWORD);

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(credentials()).isZero();
  }

  @Test
  void signIn_unknownAddressAndWrongPassword_getTheSameAnswer() {
    node.signUp(EMAIL, PASSWORD);

    OperationReply wrong = node.signIn(EMAIL, "wrong password");
    OperationReply unknown = node.signIn("nobody@example.org", "wrong password");

    assertThat(refused(wrong).refusal()).isEqualTo(Refusal.UNAUTHENTICATED);
    assertThat(refused(wrong).type()).isEqualTo("invalid_grant");
    assertThat(unknown).isEqualTo(wrong);
  }

  @Test
  void signIn_unknownAddress_costsAHashAsAWrongPasswordDoes() {
    node.signUp(EMAIL, PASSWORD);
    long before = node.shared().hashing().computed();

    node.signIn(EMAIL, "wrong password");
    assertThat(node.shared().hashing().computed()).isEqualTo(before + 1);
    node.signIn("nobody@example.org", "wrong password");
    assertThat(node.shared().hashing().computed()).isEqualTo(before + 2);
  }

  @Test
  void signIn_hashingThreadsBusyAndQueueFull_isToldToComeBack() throws InterruptedException {
    CountDownLatch finish = new CountDownLatch(1);
    AuthConfig.Hashing hashing = node.shared().config().hashing();
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    CountDownLatch begun = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      occupy(begun, finish);
    }
    // Only when every thread is at work does what comes next stay in the queue.
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < hashing.queue(); i++) {
      occupy(begun, finish);
    }

    OperationReply reply = node.signIn(EMAIL, PASSWORD);

    finish.countDown();
    assertThat(refused(reply).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(header(reply, "retry-after")).isEqualTo("1");
  }

  private void occupy(CountDownLatch begun, CountDownLatch finish) {
    node.shared()
        .pool()
        .run(
            node.node().anonymous(),
            () -> {
              begun.countDown();
              finish.await();
              return "";
            });
  }

  @Test
  void database_gone_refusesToSignInAndStillVerifies() {
    node.signUp(EMAIL, PASSWORD);
    JsonNode tokens = json(node.signIn(EMAIL, PASSWORD));

    node.closeDatabase();

    assertThat(refused(node.signIn(EMAIL, PASSWORD)).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(refused(node.signUp("bob@example.org", PASSWORD)).refusal())
        .isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(node.verify(tokens.path("access_token").asText())).isInstanceOf(Verified.class);
  }

  @Test
  void signIn_hashOfAnOlderCost_isRenewed() {
    String id = json(node.signUp(EMAIL, PASSWORD)).path("id").asText();
    String old = new Argon2id(32, 1, node.shared().random()).hash(PASSWORD);
    await(
        node.postgres()
            .pool()
            .preparedQuery("UPDATE auth.credentials SET password_hash = $1 WHERE user_id = $2")
            .execute(Tuple.of(old, UUID.fromString(id))));

    assertThat(node.signIn(EMAIL, PASSWORD)).isInstanceOf(Done.class);

    List<String> hashes =
        Eventually.get(
            () ->
                node.rows("SELECT password_hash FROM auth.credentials").stream()
                    .map(row -> row.getString(0))
                    .toList(),
            found -> found.stream().allMatch(hash -> hash.contains("m=64,")));
    assertThat(hashes).doesNotContain(old);
    assertThat(node.signIn(EMAIL, PASSWORD)).isInstanceOf(Done.class);
  }
}
