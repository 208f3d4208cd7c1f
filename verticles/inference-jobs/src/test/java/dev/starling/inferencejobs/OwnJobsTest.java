package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static dev.starling.inferencejobs.JobsNode.id;
import static dev.starling.inferencejobs.JobsNode.json;
import static dev.starling.inferencejobs.JobsNode.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients ask of their jobs, none of which is run. */
@Timeout(60)
class OwnJobsTest {
  private static JobsNode jobs;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start(@TempDir Path directory) {
    jobs = new JobsNode(directory);
    jobs.settings().put("max-open-per-user", 3).put("max-staleness", "0s");
    jobs.deploy();
  }

  @AfterAll
  static void stop() {
    jobs.close();
  }

  @Test
  void create_job_isAcceptedAndQueuedWithAnEventOfItsOwn() {
    OperationReply reply = jobs.create(user, ECHO);

    assertThat(((Done) reply).kind()).isEqualTo(Kind.ACCEPTED);
    JsonNode view = json(reply);
    assertThat(view.path("state").asText()).isEqualTo("queued");
    assertThat(view.path("created_at").asText()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(view.path("expires_at").asText()).isEqualTo("2030-01-02T00:00:00Z");
    assertThat(reply.headers())
        .contains(new Header("location", "/v1/inference/jobs/" + view.path("id").asText()));
    assertThat(jobs.get(user, id(reply))).isEqualTo(view);
    assertThat(jobs.events("inference-jobs", user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.subject()).isEqualTo(view.path("id").asText());
              assertThat(event.aggregate()).isEqualTo("inference-job/" + event.subject());
            });
  }

  @Test
  void create_sameKeyAgain_isTheSameJobAsItWasThen() {
    OperationReply first = jobs.create(user, "k", ECHO);
    jobs.cancel(user, id(first));
    OperationReply again = jobs.create(user, "\"k\"", ECHO.replace("-2]", " -2.0 ]"));

    assertThat(json(again)).isEqualTo(json(first));
    assertThat(((Done) again).kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(again.headers()).contains(new Header("idempotency-replayed", "true"));
    assertThat(jobs.events("inference-jobs", user)).hasSize(1);
    assertThat(id(jobs.create(UUID.randomUUID(), "k", ECHO)))
        .as("of another user")
        .isNotEqualTo(id(first));
  }

  @Test
  void create_sameKeyForSomethingElse_isRefused() {
    jobs.create(user, "k", ECHO);

    for (String other :
        List.of(
            ECHO.replace("-2]", "-3]"),
            ECHO.replace("echo", "other"),
            ECHO.replace("\"x\"", "\"y\""),
            ECHO.replace("[2]", "[1,2]"),
            ECHO.replace("FP32", "FP64"),
            ECHO.replaceFirst("\\{", "{\"version\":\"1\","),
            ECHO.replaceFirst("\\{", "{\"expires_in\":60,"),
            ECHO.replaceFirst("\\{", "{\"outputs\":[{\"name\":\"x\"}],"))) {
      assertThat(refused(jobs.create(user, "k", other)).type())
          .as(other)
          .isEqualTo("idempotency-key-reused");
    }
  }

  @Test
  void create_withoutAUsableKey_isRefused() {
    assertThat(refused(jobs.run(user, "create", List.of(), "", ECHO)).type())
        .isEqualTo("idempotency-key-missing");
    assertThat(refused(jobs.create(user, "", ECHO)).type()).isEqualTo("idempotency-key-malformed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-2]     | 2,3]            | /inputs/0/data | must be a list of 2, as the shape [2] says",
        "-2]     | \"a\"]          | /inputs/0/data/1 | must be a number of 32 bits, as FP32 is",
        "[2]     | [-1]            | /inputs/0/shape/0 | must be greater than or equal to 0",
        "FP32    | FP31            | /inputs/0/datatype | must be one of [BOOL, UINT8,",
        "}]}     | },{\"name\":\"x\",\"shape\":[0],\"datatype\":\"BOOL\",\"data\":[]}]} | /inputs/1/name | must not be the name of one before it",
        "echo    | ../secret       | /model | must be 1 to 128 letters,",
        "{\"mod  | {\"expires_in\":604801,\"mod | /expires_in | must be less than or equal to 604800",
        "{\"mod  | {\"expires_in\":0,\"mod | /expires_in | must be greater than or equal to 1",
        "{\"mod  | {\"callback_url\":\"http://192.168.0.1/\",\"mod | /callback_url | the url is not https",
        "{\"mod  | {\"outputs\":[{\"name\":\"a\"},{\"name\":\"a\"}],\"mod | /outputs/1/name | must not be the name"
      })
  void create_whatCannotBeRun_isRefusedWithItsPlace(
      String part, String wrong, String pointer, String detail) {
    String body = ECHO.strip().replace(part, wrong);

    List<Violation> violations = refused(jobs.create(user, body)).violations();

    assertThat(violations).as(body).hasSize(1);
    assertThat(violations.get(0).pointer()).isEqualTo(pointer);
    assertThat(violations.get(0).detail()).startsWith(detail);
    assertThat(jobs.events("inference-jobs", user)).isEmpty();
  }

  @Test
  void create_moreThanMayBeOpen_isRefusedUntilOneHasEnded() {
    UUID first = jobs.created(user, ECHO);
    jobs.created(user, ECHO);
    jobs.created(user, ECHO);

    OperationReply refused = jobs.create(user, "later", ECHO);
    assertThat(refused(refused).refusal()).isEqualTo(Refusal.CONFLICT);
    assertThat(refused(refused).type()).isEqualTo("too-many-jobs");

    jobs.cancel(user, first);
    assertThat(jobs.create(user, "later", ECHO)).isInstanceOf(Done.class);
  }

  @Test
  void create_byNoUser_isForbidden() {
    OperationReply reply =
        jobs.node.operate(
            "inference-jobs",
            new dev.starling.contract.operation.OperationRequest(
                "inference-jobs.create",
                List.of(),
                "",
                List.of(
                    new Header("idempotency-key", "k"),
                    new Header("content-type", "application/json")),
                "192.0.2.1",
                ECHO.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            jobs.node.as("a-service"));

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void job_ofSomebodyElse_isNotThere() {
    UUID job = jobs.created(user, ECHO);
    UUID other = UUID.randomUUID();
    List<String> path = List.of(job.toString());

    for (String operation : List.of("get", "result", "cancel")) {
      assertThat(refused(jobs.run(other, operation, path, "", "")).refusal())
          .as(operation)
          .isEqualTo(Refusal.ABSENT);
    }
    assertThat(jobs.state(user, job)).isEqualTo("queued");
    assertThat(json(jobs.run(other, "list", List.of(), "", "")).path("jobs")).isEmpty();
  }

  @Test
  void list_byPages_showsEachOnceTheNewestFirst() {
    UUID first = jobs.created(user, ECHO);
    UUID second = jobs.created(user, ECHO);
    UUID third = jobs.created(user, ECHO);

    JsonNode page = json(jobs.run(user, "list", List.of(), "limit=2", ""));
    JsonNode rest =
        json(
            jobs.run(
                user,
                "list",
                List.of(),
                "limit=2&cursor=" + page.path("next_cursor").asText(),
                ""));

    assertThat(page.path("jobs").findValuesAsText("id"))
        .containsExactly(third.toString(), second.toString());
    assertThat(rest.path("jobs").findValuesAsText("id")).containsExactly(first.toString());
    assertThat(rest.path("next_cursor").isNull()).isTrue();
  }

  @Test
  void cancel_queuedJob_isCancelledHoweverOftenItIsAsked() {
    UUID job = jobs.created(user, ECHO);

    JsonNode cancelled = json(jobs.cancel(user, job));
    assertThat(cancelled.path("state").asText()).isEqualTo("cancelled");
    assertThat(cancelled.path("ended_at").asText()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(json(jobs.cancel(user, job))).isEqualTo(cancelled);
    assertThat(refused(jobs.result(user, job)).type()).isEqualTo("job-cancelled");
  }

  @Test
  void result_ofAJobThatHasNotEnded_isAConflict() {
    UUID job = jobs.created(user, ECHO);

    assertThat(refused(jobs.result(user, job)).refusal()).isEqualTo(Refusal.CONFLICT);
    assertThat(refused(jobs.result(user, job)).type()).isEqualTo("job-not-finished");
  }
}
