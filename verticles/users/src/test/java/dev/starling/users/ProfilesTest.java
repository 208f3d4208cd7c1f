package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.UsersNode.etag;
import static dev.starling.users.UsersNode.ifMatch;
import static dev.starling.users.UsersNode.ifNoneMatch;
import static dev.starling.users.UsersNode.json;
import static dev.starling.users.UsersNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProfilesTest {
  private static UsersNode users;

  @BeforeAll
  static void start() {
    users = UsersNode.running(2);
  }

  @AfterAll
  static void stop() {
    users.close();
  }

  @Test
  void me_confirmedUser_showsProfileAndEntityTag() {
    String id = users.register("Ada@Example.org", "Ada Łovelace 数");

    OperationReply reply = users.me(users.as(id));

    assertThat(json(reply))
        .hasToString(
            """
            {"id":"%s","email":"Ada@Example.org","name":"Ada Łovelace 数",\
            "created_at":"2030-01-01T00:00:00Z"}"""
                .formatted(id));
    assertThat(etag(reply)).isEqualTo("\"v1\"");
    // The second read comes from memory and is the same.
    assertThat(json(users.me(users.as(id)))).isEqualTo(json(reply));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v1\"", "W/\"v1\"", "\"x\", \"v1\"", "*"})
  void me_knownVersion_isNotModified(String tags) {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");

    OperationReply reply = users.me(users.as(id), ifNoneMatch(tags));

    assertThat(reply)
        .isInstanceOfSatisfying(
            Done.class,
            done -> {
              assertThat(done.kind()).isEqualTo(Kind.NOT_MODIFIED);
              assertThat(done.body()).isEmpty();
            });
    assertThat(etag(reply)).isEqualTo("\"v1\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v2\"", "v1", "\"\"", "no tag at all"})
  void me_otherVersion_isShown(String tags) {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");

    assertThat(json(users.me(users.as(id), ifNoneMatch(tags))).path("id").asText()).isEqualTo(id);
  }

  @Test
  void me_noSuchUser_isAbsent() {
    assertThat(refusal(users.me(users.as(UUID.randomUUID().toString())))).isEqualTo(Refusal.ABSENT);
    assertThat(refusal(users.me(users.as("service:billing")))).isEqualTo(Refusal.ABSENT);
  }

  @ParameterizedTest
  @CsvSource({
    // caller, target, get, patch, delete
    "anonymous, existing, UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED",
    "anonymous, missing,  UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED",
    "other,     existing, FORBIDDEN,       FORBIDDEN,       FORBIDDEN",
    "other,     missing,  FORBIDDEN,       FORBIDDEN,       FORBIDDEN",
    "self,      existing, OK,              OK,              NO_CONTENT",
    "self,      missing,  ABSENT,          ABSENT,          ABSENT",
    "admin,     existing, OK,              OK,              NO_CONTENT",
    "admin,     missing,  ABSENT,          ABSENT,          ABSENT",
  })
  void operations_byCallerAndTarget_areAllowedOrRefused(
      String caller, String target, String get, String patch, String delete) {
    String id =
        target.equals("existing")
            ? users.register(UUID.randomUUID() + "@example.org", "Ada")
            : UUID.randomUUID().toString();
    var context =
        switch (caller) {
          case "anonymous" -> users.node.anonymous();
          case "self" -> users.as(id);
          case "admin" -> users.admin();
          default -> users.node.as(UUID.randomUUID().toString(), "users:read", "users:write");
        };

    assertThat(outcome(users.get(id, context))).isEqualTo(get);
    assertThat(outcome(users.patch(id, "{\"name\":\"Eve\"}", context))).isEqualTo(patch);
    assertThat(outcome(users.delete(id, context))).isEqualTo(delete);
  }

  @Test
  void list_byCaller_isForAdministratorsOnly() {
    assertThat(refusal(users.list("", users.node.anonymous()))).isEqualTo(Refusal.UNAUTHENTICATED);
    assertThat(refusal(users.list("", users.node.as("u1", "users:read"))))
        .isEqualTo(Refusal.FORBIDDEN);
    assertThat(outcome(users.list("", users.admin()))).isEqualTo("OK");
  }

  @Test
  void get_idInCapitals_isTheSameUser() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");

    assertThat(json(users.get(id.toUpperCase(Locale.ROOT), users.as(id))).path("id"))
        .hasToString("\"" + id + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"me2", "1", "0-0-0-0-0", "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c7", "' OR 1"})
  void operations_idIsNoUuid_areInvalid(String id) {
    for (OperationReply reply :
        List.of(
            users.get(id, users.admin()),
            users.patch(id, "{\"name\":\"Eve\"}", users.admin()),
            users.delete(id, users.admin()))) {
      assertThat(refusal(reply)).isEqualTo(Refusal.INVALID);
      assertThat(pointers(reply)).containsExactly("/path/id");
    }
  }

  @Test
  void patch_nameOnly_keepsTheRest() {
    String email = UUID.randomUUID() + "@Example.org";
    String id = users.register(email, "Ada");

    OperationReply reply = users.patch(id, "{\"name\":\"Zoë 🌍\"}", users.as(id));

    assertThat(json(reply).path("name").asText()).isEqualTo("Zoë 🌍");
    assertThat(json(reply).path("email").asText()).isEqualTo(email);
    assertThat(etag(reply)).isEqualTo("\"v2\"");
    assertThat(json(users.me(users.as(id)))).isEqualTo(json(reply));
  }

  @Test
  void patch_email_isKeptAsWrittenAndFoundWithoutRegardToCase() {
    String local = "ÉLISE." + UUID.randomUUID();
    String id = users.register(UUID.randomUUID() + "@example.org", "Élise");

    OperationReply reply =
        users.patch(id, "{\"email\":\"%s@Exämple.org\"}".formatted(local), users.as(id));

    assertThat(json(reply).path("email").asText()).isEqualTo(local + "@Exämple.org");
    // The same letter, written as E and a combining accent.
    String other = users.register(UUID.randomUUID() + "@example.org", "Other");
    assertThat(
            users.patch(
                other,
                "{\"email\":\"%s@EXÄMPLE.ORG\"}".formatted(local.replace("É", "e\u0301")),
                users.as(other)))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.refusal()).isEqualTo(Refusal.CONFLICT);
              assertThat(refused.type()).isEqualTo("email-taken");
            });
    assertThat(etag(users.me(users.as(other)))).isEqualTo("\"v1\"");
  }

  @Test
  void patch_ownEmailInOtherCase_isAllowed() {
    String local = UUID.randomUUID().toString();
    String id = users.register(local + "@example.org", "Ada");

    OperationReply reply =
        users.patch(id, "{\"email\":\"%s@EXAMPLE.ORG\"}".formatted(local), users.as(id));

    assertThat(json(reply).path("email").asText()).isEqualTo(local + "@EXAMPLE.ORG");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                              | INVALID   | ''",
        "{\"name\":\"\"}                 | INVALID   | /name",
        "{\"name\":\"  \"}               | INVALID   | /name",
        "{\"name\":\"a\\u0007\"}         | INVALID   | /name",
        "{\"name\":\"a\\u0000\"}         | INVALID   | /name",
        "{\"name\":\"\\ud800\"}          | INVALID   | /name",
        "{\"name\":7}                    | INVALID   | /name",
        "{\"name\":null}                 | INVALID   | ''",
        "{\"email\":\"nobody\"}          | INVALID   | /email",
        "{\"email\":\"a b@example.org\"} | INVALID   | /email",
        "{\"email\":\"a\\u0000@b.org\"}  | INVALID   | /email",
        "{\"email\":\"a@b.org\\n\"}      | INVALID   | /email",
        "{\"mail\":\"a@b.org\"}          | INVALID   | /mail",
        "{\"id\":\"1\",\"name\":\"a\"}   | INVALID   | /id",
        "{\"name\":\"a\"                 | MALFORMED |",
      })
  void patch_badBody_isRefusedAndChangesNothing(String body, Refusal refusal, String pointer) {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");

    OperationReply reply = users.patch(id, body, users.as(id));

    assertThat(refusal(reply)).isEqualTo(refusal);
    if (pointer != null) {
      assertThat(pointers(reply)).containsExactly(pointer);
    }
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v1\"");
  }

  @Test
  void patch_longestValues_areStored() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    String name = "é".repeat(200);
    String email = "x".repeat(64) + "@" + "y".repeat(185) + ".org";

    OperationReply reply =
        users.patch(id, "{\"name\":\"%s\",\"email\":\"%s\"}".formatted(name, email), users.as(id));

    assertThat(json(reply).path("name").asText()).isEqualTo(name);
    assertThat(json(reply).path("email").asText()).hasSize(254).isEqualTo(email);
    assertThat(
            pointers(
                users.patch(
                    id,
                    "{\"name\":\"%s\",\"email\":\"%s\"}".formatted(name + "é", "y" + email),
                    users.as(id))))
        .contains("/name", "/email");
  }

  @Test
  void patch_ifMatch_holdsOrIsRefused() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    var self = users.as(id);

    assertThat(etag(users.patch(id, "{\"name\":\"B\"}", self, ifMatch("\"v1\""))))
        .isEqualTo("\"v2\"");
    OperationReply late = users.patch(id, "{\"name\":\"C\"}", self, ifMatch("\"v1\""));
    assertThat(refusal(late)).isEqualTo(Refusal.PRECONDITION_FAILED);
    assertThat(etag(late)).isEqualTo("\"v2\"");
    // A weak tag does not prove that the client saw this very version.
    assertThat(refusal(users.patch(id, "{\"name\":\"C\"}", self, ifMatch("W/\"v2\""))))
        .isEqualTo(Refusal.PRECONDITION_FAILED);
    assertThat(refusal(users.patch(id, "{\"name\":\"C\"}", self, ifMatch("\"other\""))))
        .isEqualTo(Refusal.PRECONDITION_FAILED);
    assertThat(etag(users.patch(id, "{\"name\":\"D\"}", self, ifMatch("\"v9\" , \"v2\""))))
        .isEqualTo("\"v3\"");
    assertThat(etag(users.patch(id, "{\"name\":\"E\"}", self, ifMatch("*")))).isEqualTo("\"v4\"");
    OperationReply malformed = users.patch(id, "{\"name\":\"F\"}", self, ifMatch("v4"));
    assertThat(refusal(malformed)).isEqualTo(Refusal.INVALID);
    assertThat(pointers(malformed)).containsExactly("/header/if-match");
    assertThat(json(users.me(self)).path("name").asText()).isEqualTo("E");
  }

  @Test
  void patch_concurrentWithTheSameIfMatch_exactlyOneWins() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    for (int version = 1; version <= 20; version++) {
      String tag = "\"v" + version + "\"";
      Future<OperationReply> one =
          users.patching(id, "{\"name\":\"One\"}", users.as(id), ifMatch(tag));
      Future<OperationReply> two =
          users.patching(id, "{\"name\":\"Two\"}", users.as(id), ifMatch(tag));

      assertThat(List.of(outcome(await(one)), outcome(await(two))))
          .containsExactlyInAnyOrder("OK", "PRECONDITION_FAILED");
    }
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v21\"");
  }

  @Test
  void delete_ifMatch_holdsOrIsRefused() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    assertThat(outcome(users.me(users.as(id)))).isEqualTo("OK");

    assertThat(outcome(users.delete(id, users.as(id), ifMatch("\"v2\""))))
        .isEqualTo("PRECONDITION_FAILED");
    assertThat(outcome(users.delete(id, users.as(id), ifMatch("\"v1\"")))).isEqualTo("NO_CONTENT");
    assertThat(outcome(users.me(users.as(id)))).isEqualTo("ABSENT");
    assertThat(outcome(users.delete(id, users.as(id), ifMatch("\"v1\"")))).isEqualTo("ABSENT");
  }

  @Test
  void delete_user_freesTheAddress() {
    String email = UUID.randomUUID() + "@example.org";
    String id = users.register(email, "Ada");

    users.delete(id, users.as(id));

    assertThat(users.register(email, "Bea")).isNotEqualTo(id);
  }

  private static String outcome(OperationReply reply) {
    return reply instanceof Done done ? done.kind().name() : refusal(reply).name();
  }

  private static List<String> pointers(OperationReply reply) {
    return ((Refused) reply).violations().stream().map(violation -> violation.pointer()).toList();
  }
}
