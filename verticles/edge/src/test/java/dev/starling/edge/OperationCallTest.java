package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.policy.breaker.Outcome;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationCallTest {

  @ParameterizedTest
  @CsvSource({
    "DEADLINE_EXCEEDED, TIMEOUT",
    "NODE_LOST, CONNECT_ERROR",
    "UNAVAILABLE, CONNECT_ERROR",
    "INTERNAL, SERVER_ERROR",
    "UNKNOWN_OUTCOME, SERVER_ERROR",
    "OVERLOADED, SHED",
    "EXPIRED, SHED",
    "CANCELLED, CANCELLED",
    "INVALID_ARGUMENT, CLIENT_ERROR"
  })
  void outcome_ofAFailure_isTheServicesOnlyIfItCouldHelpIt(ErrorCode code, Outcome outcome) {
    assertThat(OperationCall.outcome(new CallResult.Failed(code))).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "ABSENT, CLIENT_ERROR",
    "CONFLICT, CLIENT_ERROR",
    "LIMITED, CLIENT_ERROR",
    "NOT_EXECUTED, SERVER_ERROR",
    "UNKNOWN_OUTCOME, SERVER_ERROR"
  })
  void outcome_ofARefusal_isTheServicesWhenItsStatusIs(Refusal refusal, Outcome outcome) {
    assertThat(
            OperationCall.outcome(
                new CallResult.Replied(new Refused(refusal, "", "", List.of(), List.of()))))
        .isEqualTo(outcome);
  }
}
