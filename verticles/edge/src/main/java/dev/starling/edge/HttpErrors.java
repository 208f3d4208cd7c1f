package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.edge.Problem.Outcome;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/**
 * The one place where outcomes become HTTP: what a service answers, how a call fails, why the edge
 * refuses, and why the traffic policy does. Every switch is exhaustive, so a new outcome does not
 * compile until it has a status.
 */
final class HttpErrors {
  private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";
  private static final String ABOUT_BLANK = "about:blank";

  private HttpErrors() {}

  static int status(Kind success) {
    return switch (success) {
      case OK -> 200;
      case CREATED -> 201;
      case ACCEPTED -> 202;
      case NO_CONTENT -> 204;
      case NOT_MODIFIED -> 304;
    };
  }

  static int status(Refusal refusal) {
    return switch (refusal) {
      case MALFORMED -> 400;
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case ABSENT -> 404;
      case CONFLICT -> 409;
      case PRECONDITION_FAILED -> 412;
      case TOO_LARGE -> 413;
      case UNSUPPORTED_MEDIA_TYPE -> 415;
      case INVALID -> 422;
      case PRECONDITION_REQUIRED -> 428;
      case LIMITED -> 429;
      case NOT_EXECUTED -> 503;
      case UNKNOWN_OUTCOME -> 504;
    };
  }

  static int status(ErrorCode code) {
    return switch (code) {
      // The edge and the service disagree about the operation; the client cannot help it.
      case INVALID_ARGUMENT, INTERNAL, REPLY_TOO_LARGE -> 500;
      case UNAVAILABLE, OVERLOADED -> 503;
      // To a client that is there, its stream was broken by what is between the two.
      case EXPIRED, DEADLINE_EXCEEDED, NODE_LOST, CANCELLED, UNKNOWN_OUTCOME -> 504;
    };
  }

  static int status(EdgeRefusal refusal) {
    return switch (refusal) {
      case BAD_REQUEST -> 400;
      case NO_TOKEN, BAD_TOKEN -> 401;
      case INSUFFICIENT_SCOPE, FOREIGN_ORIGIN -> 403;
      case NO_ROUTE -> 404;
      case METHOD_NOT_ALLOWED -> 405;
      case NOT_ACCEPTABLE -> 406;
      case SLOW -> 408;
      case BODY_TOO_LARGE -> 413;
      case TARGET_TOO_LONG -> 414;
      case UNKNOWN_EXPECTATION -> 417;
      case UPGRADE_REQUIRED -> 426;
      case TOKEN_FLOOD, TOO_MANY_STREAMS -> 429;
      case HEADERS_TOO_LARGE -> 431;
      case AUTH_UNAVAILABLE, OVERLOADED -> 503;
    };
  }

  static int status(Decision.Kind kind) {
    return switch (kind) {
      case LIMITED -> 429;
      case SHED, BULKHEAD, BREAKER, CROWDED, UNAVAILABLE -> 503;
      case DEADLINE -> 504;
    };
  }

  static Problem problem(Refused refused) {
    int status = status(refused.refusal());
    boolean named = !refused.type().isEmpty();
    Outcome outcome =
        switch (refused.refusal()) {
          case NOT_EXECUTED -> Outcome.NOT_EXECUTED;
          case UNKNOWN_OUTCOME -> Outcome.UNKNOWN;
          case MALFORMED,
              INVALID,
              UNAUTHENTICATED,
              FORBIDDEN,
              ABSENT,
              CONFLICT,
              PRECONDITION_FAILED,
              PRECONDITION_REQUIRED,
              UNSUPPORTED_MEDIA_TYPE,
              TOO_LARGE,
              LIMITED ->
              Outcome.IMPLIED;
        };
    return new Problem(
        status,
        named ? "/problems/" + refused.type() : ABOUT_BLANK,
        named ? titleOf(refused.type()) : phrase(status),
        refused.detail(),
        outcome,
        refused.violations());
  }

  /** The message of a failure names services and nodes, so clients get a fixed text instead. */
  static Problem problem(ErrorCode code) {
    int status = status(code);
    String detail =
        switch (code) {
          case INVALID_ARGUMENT -> "the service does not understand the edge; nothing was done";
          case UNAVAILABLE -> "no live node serves this now; nothing was done";
          case OVERLOADED -> "too much to do now; nothing was done";
          case EXPIRED -> "the deadline passed before the work was begun; nothing was done";
          case DEADLINE_EXCEEDED -> "no answer came in time; the work may have been done";
          case NODE_LOST -> "the node with the work was lost; the work may have been done";
          case INTERNAL -> "the service failed; the work may have been done";
          case CANCELLED -> "the stream was broken off; what it began may have been done";
          case REPLY_TOO_LARGE -> "the answer is too large to be passed on; the work was done";
          case UNKNOWN_OUTCOME -> "it cannot be told whether the work was done";
        };
    return new Problem(
        status,
        code == ErrorCode.OVERLOADED ? REGISTRY + "temporary-reduced-capacity" : ABOUT_BLANK,
        code == ErrorCode.OVERLOADED ? "Temporary reduced capacity" : phrase(status),
        detail,
        code.notExecuted() ? Outcome.NOT_EXECUTED : Outcome.UNKNOWN,
        List.of());
  }

  static Problem problem(EdgeRefusal refusal, String detail) {
    int status = status(refusal);
    return new Problem(
        status,
        switch (refusal) {
          case TOO_MANY_STREAMS -> REGISTRY + "quota-exceeded";
          case OVERLOADED -> REGISTRY + "temporary-reduced-capacity";
          case TOKEN_FLOOD -> REGISTRY + "abnormal-usage-detected";
          default -> ABOUT_BLANK;
        },
        switch (refusal) {
          case TOO_MANY_STREAMS -> "Quota exceeded";
          case OVERLOADED -> "Temporary reduced capacity";
          case TOKEN_FLOOD -> "Abnormal usage detected";
          default -> phrase(status);
        },
        detail,
        status == 503 ? Outcome.NOT_EXECUTED : Outcome.IMPLIED,
        List.of());
  }

  /**
   * @param decision under which it is remembered
   */
  static Problem problem(PolicyRefusal why, Decision decision) {
    int status = decision.refusal().status();
    return new Problem(
        status,
        switch (decision.refusal().kind()) {
          case LIMITED -> REGISTRY + "quota-exceeded";
          case SHED, BULKHEAD, BREAKER, CROWDED, UNAVAILABLE ->
              REGISTRY + "temporary-reduced-capacity";
          case DEADLINE -> ABOUT_BLANK;
        },
        switch (decision.refusal().kind()) {
          case LIMITED -> "Quota exceeded";
          case SHED, BULKHEAD, BREAKER, CROWDED, UNAVAILABLE -> "Temporary reduced capacity";
          case DEADLINE -> phrase(status);
        },
        why.detail(),
        why.outcome(),
        List.of(),
        why.violatedPolicies(),
        decision);
  }

  static String phrase(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  private static String titleOf(String type) {
    return Character.toUpperCase(type.charAt(0)) + type.substring(1).replace('-', ' ');
  }
}
