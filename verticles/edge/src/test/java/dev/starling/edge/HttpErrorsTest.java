package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.Violation;
import dev.starling.edge.Problem.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpErrorsTest {

  @ParameterizedTest
  @CsvSource({"OK, 200", "CREATED, 201", "ACCEPTED, 202", "NO_CONTENT, 204", "NOT_MODIFIED, 304"})
  void status_ofSuccess(Kind kind, int status) {
    assertThat(HttpErrors.status(kind)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "MALFORMED, 400",
    "UNAUTHENTICATED, 401",
    "FORBIDDEN, 403",
    "ABSENT, 404",
    "CONFLICT, 409",
    "PRECONDITION_FAILED, 412",
    "TOO_LARGE, 413",
    "UNSUPPORTED_MEDIA_TYPE, 415",
    "INVALID, 422",
    "PRECONDITION_REQUIRED, 428",
    "LIMITED, 429",
    "NOT_EXECUTED, 503",
    "UNKNOWN_OUTCOME, 504"
  })
  void status_ofRefusal(Refusal refusal, int status) {
    Problem problem = HttpErrors.problem(new Refused(refusal, "", "why", List.of(), List.of()));

    assertThat(problem.status()).isEqualTo(status).isEqualTo(HttpErrors.status(refusal));
    assertThat(problem.type()).isEqualTo("about:blank");
    assertThat(problem.title()).isEqualTo(HttpErrors.phrase(status));
    assertThat(problem.outcome())
        .isEqualTo(
            switch (refusal) {
              case NOT_EXECUTED -> Outcome.NOT_EXECUTED;
              case UNKNOWN_OUTCOME -> Outcome.UNKNOWN;
              default -> Outcome.IMPLIED;
            });
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 500, NOT_EXECUTED",
    "UNAVAILABLE, 503, NOT_EXECUTED",
    "OVERLOADED, 503, NOT_EXECUTED",
    "EXPIRED, 504, NOT_EXECUTED",
    "DEADLINE_EXCEEDED, 504, UNKNOWN",
    "NODE_LOST, 504, UNKNOWN",
    "CANCELLED, 504, UNKNOWN",
    "INTERNAL, 500, UNKNOWN",
    "UNKNOWN_OUTCOME, 504, UNKNOWN"
  })
  void problem_ofFailure_saysWhetherSomethingWasDone(ErrorCode code, int status, Outcome outcome) {
    Problem problem = HttpErrors.problem(code);

    assertThat(problem.status()).isEqualTo(status);
    assertThat(problem.outcome()).isEqualTo(outcome);
    assertThat(problem.detail())
        .contains(outcome == Outcome.NOT_EXECUTED ? "nothing was done" : "done");
  }

  @ParameterizedTest
  @EnumSource(EdgeRefusal.class)
  void problem_ofEdgeRefusal_isAClientErrorOrSaysThatNothingWasDone(EdgeRefusal refusal) {
    Problem problem = HttpErrors.problem(refusal, "why");

    assertThat(problem.status())
        .isIn(400, 401, 403, 404, 405, 406, 408, 413, 414, 417, 426, 429, 431, 503);
    assertThat(problem.outcome() == Outcome.NOT_EXECUTED).isEqualTo(problem.status() == 503);
    assertThat(problem.title()).isNotEmpty();
  }

  @Test
  void problem_withTypeOfItsOwn_isNamedByIt() {
    Problem problem =
        HttpErrors.problem(new Refused(Refusal.CONFLICT, "email-taken", "", List.of(), List.of()));

    assertThat(problem.type()).isEqualTo("/problems/email-taken");
    assertThat(problem.title()).isEqualTo("Email taken");
  }

  @Test
  void toJson_everything_hasTheMembersOfRfc9457AndOurs() {
    Problem problem =
        new Problem(
            422,
            "about:blank",
            "Unprocessable Entity",
            "a \"quoted\" detail",
            Outcome.UNKNOWN,
            List.of(new Violation("/name", "must not be blank")),
            List.of("burst"),
            new Decision(
                "n-1-0-1",
                "n-1",
                0,
                Decision.Call.UNKNOWN,
                new Decision.Refusal(
                    Decision.Kind.LIMITED, 429, "burst-limit", 100, 100.126, 3, List.of())));
    JsonNode json = EdgeNode.json(new String(problem.toJson("id-1"), StandardCharsets.UTF_8));

    assertThat(json.toString())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unprocessable Entity\",\"status\":422,"
                + "\"detail\":\"a \\\"quoted\\\" detail\",\"requestId\":\"id-1\","
                + "\"outcome\":\"unknown\","
                + "\"errors\":[{\"pointer\":\"/name\",\"detail\":\"must not be blank\"}],"
                + "\"violated-policies\":[\"burst\"],"
                + "\"decision_id\":\"n-1-0-1\",\"policy\":\"burst-limit\","
                + "\"threshold\":100,\"observed\":100.13}");
  }

  @Test
  void toJson_littleToSay_leavesTheRestOut() {
    Problem problem = HttpErrors.problem(EdgeRefusal.NO_ROUTE, "");

    assertThat(new String(problem.toJson("i"), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"requestId\":\"i\"}");
  }
}
