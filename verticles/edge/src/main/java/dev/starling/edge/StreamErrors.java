package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.edge.Problem.Outcome;
import java.util.List;

/**
 * The one place where the failure of an open stream becomes what its client sees; like {@link
 * HttpErrors}, of which it takes the statuses.
 */
final class StreamErrors {
  // Status codes of RFC 6455 and the registry that it opened.
  private static final short UNSUPPORTED_DATA = 1003;
  private static final short POLICY_VIOLATION = 1008;
  private static final short INTERNAL_ERROR = 1011;
  private static final short SERVICE_RESTART = 1012;
  private static final short TRY_AGAIN_LATER = 1013;

  private StreamErrors() {}

  /** Something between producer and client broke the stream. */
  static StreamFailure broken(ErrorCode code) {
    int status = HttpErrors.status(code);
    String detail =
        switch (code) {
          case UNAVAILABLE -> "the service is stopping; the stream can be opened again";
          case OVERLOADED -> "too much to do now";
          case DEADLINE_EXCEEDED, EXPIRED -> "the node with the stream is silent";
          case NODE_LOST -> "the node with the stream was lost";
          case CANCELLED -> "the stream was broken off";
          case INVALID_ARGUMENT, INTERNAL, UNKNOWN_OUTCOME, REPLY_TOO_LARGE -> "the service failed";
        };
    short closeCode =
        switch (code) {
          case UNAVAILABLE, NODE_LOST, CANCELLED -> SERVICE_RESTART;
          case OVERLOADED, DEADLINE_EXCEEDED, EXPIRED -> TRY_AGAIN_LATER;
          case INVALID_ARGUMENT, INTERNAL, UNKNOWN_OUTCOME, REPLY_TOO_LARGE -> INTERNAL_ERROR;
        };
    return new StreamFailure(
        new Problem(
            status, "about:blank", HttpErrors.phrase(status), detail, Outcome.UNKNOWN, List.of()),
        closeCode);
  }

  /** The service ended the stream, for this reason. */
  static StreamFailure refused(Refused reason) {
    return new StreamFailure(HttpErrors.problem(reason), closeCode(reason.refusal()));
  }

  /** The client sent something to a stream that takes nothing. */
  static StreamFailure unwantedMessage() {
    return mistake(POLICY_VIOLATION, "message: this stream takes none");
  }

  static StreamFailure binaryMessage() {
    return mistake(UNSUPPORTED_DATA, "message: binary (expected: text)");
  }

  private static StreamFailure mistake(short closeCode, String detail) {
    return new StreamFailure(HttpErrors.problem(EdgeRefusal.BAD_REQUEST, detail), closeCode);
  }

  private static short closeCode(Refusal refusal) {
    return switch (refusal) {
      case LIMITED, NOT_EXECUTED -> TRY_AGAIN_LATER;
      case UNKNOWN_OUTCOME -> INTERNAL_ERROR;
      case MALFORMED,
          INVALID,
          UNAUTHENTICATED,
          FORBIDDEN,
          ABSENT,
          CONFLICT,
          PRECONDITION_FAILED,
          PRECONDITION_REQUIRED,
          UNSUPPORTED_MEDIA_TYPE,
          TOO_LARGE ->
          POLICY_VIOLATION;
    };
  }
}
