package dev.starling.sdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs declared operations: finds the one that is meant, binds its input, calls its handler.
 *
 * <p>Confined to the verticle's context once built.
 */
final class OperationRunner {
  private record Declared(Operation operation, List<String> pathNames) {}

  private final Map<String, Declared> byId = new LinkedHashMap<>();
  private final PieceBudget largeBodies;

  /**
   * @param largeBodies of all raw operations of the node
   */
  OperationRunner(List<Operation> operations, PieceBudget largeBodies) {
    this.largeBodies = largeBodies;
    Map<String, String> idByRoute = new HashMap<>();
    for (Operation operation : operations) {
      operation.check();
      String other = idByRoute.put(operation.method + operation.template.shape(), operation.id);
      if (other != null) {
        throw new IllegalArgumentException(
            "operation %s: %s %s is that of %s (expected: each path and method once)"
                .formatted(operation.id, operation.method, operation.template.text(), other));
      }
      Declared declared = new Declared(operation, operation.template.parameters());
      if (byId.put(operation.id, declared) != null) {
        throw new IllegalArgumentException(
            "operation: " + operation.id + " is declared twice (expected: each id once)");
      }
    }
  }

  /** Input after it was looked at. */
  private sealed interface Input {

    /** It can be handled. */
    record Usable(Operation operation, Call call, @Nullable Object body) implements Input {}

    /** It is refused. */
    record Unusable(OperationReply reply) implements Input {}

    /** It is not a request of this service at all. */
    record Unknown(BusException failure) implements Input {}
  }

  /** Runs an operation that answers once. */
  Future<OperationReply> run(OperationRequest request, CallContext context) {
    Input input = bind(request, context);
    if (input instanceof Input.Usable usable) {
      Operation operation = usable.operation;
      if (operation.handling instanceof Operation.Invocation invocation) {
        return invocation.invoke(usable.call, usable.body).map(Reply::toMessage);
      }
      return operation.handling instanceof Raw raw
          ? raw.run(usable.call, request.body(), operation.maxBodyBytes())
          : unknown(request.operation() + " is a stream (expected: to be opened)");
    }
    return input instanceof Input.Unusable unusable
        ? Future.succeededFuture(unusable.reply)
        : Future.failedFuture(((Input.Unknown) input).failure);
  }

  /** Opens the stream of an operation. */
  Future<Opening<OperationReply, StreamMessage, StreamMessage>> open(
      OperationRequest request, CallContext context) {
    Input input = bind(request, context);
    if (input instanceof Input.Usable usable) {
      Operation operation = usable.operation;
      if (operation.handling instanceof Raw raw) {
        return Future.succeededFuture(raw.open(usable.call, operation.maxBodyBytes(), largeBodies));
      }
      return operation.handling instanceof Streaming streaming
          ? streaming.open(usable.call, usable.body, operation.deadline())
          : unknown(request.operation() + " is not a stream (expected: to be called)");
    }
    return input instanceof Input.Unusable unusable
        ? Future.succeededFuture(new Opening.Decline<>(unusable.reply))
        : Future.failedFuture(((Input.Unknown) input).failure);
  }

  private static <T> Future<T> unknown(String message) {
    return Future.failedFuture(new BusException(ErrorCode.INVALID_ARGUMENT, message));
  }

  private Input bind(OperationRequest request, CallContext context) {
    Declared declared = byId.get(request.operation());
    if (declared == null) {
      return new Input.Unknown(
          new BusException(
              ErrorCode.INVALID_ARGUMENT,
              "operation: " + request.operation() + " (expected one of: " + byId.keySet() + ")"));
    }
    int expected = declared.pathNames.size();
    if (request.path().size() != expected) {
      return new Input.Unknown(
          new BusException(
              ErrorCode.INVALID_ARGUMENT,
              "path values: " + request.path().size() + " (expected: " + expected + ")"));
    }
    Operation operation = declared.operation;
    Object path = null;
    Object query = null;
    Object body = null;
    if (operation.pathType != null) {
      Bound<?> bound = bindPath(declared, request);
      if (bound instanceof Bound.Wrong<?> wrong) {
        return refused(wrong);
      }
      path = ((Bound.Valid<?>) bound).value();
    }
    if (operation.queryType != null) {
      Bound<?> bound = bindQuery(operation.queryType, request.query());
      if (bound instanceof Bound.Wrong<?> wrong) {
        return refused(wrong);
      }
      query = ((Bound.Valid<?>) bound).value();
    }
    if (operation.bodyType != null) {
      String contentType = request.header("content-type");
      if (!isJson(contentType)) {
        return new Input.Unusable(
            Reply.refused(
                    Refusal.UNSUPPORTED_MEDIA_TYPE,
                    "content type: " + contentType + " (expected: application/json)")
                .toMessage());
      }
      Bound<?> bound = RecordBinder.body(request.body(), operation.bodyType);
      if (bound instanceof Bound.Wrong<?> wrong) {
        return refused(wrong);
      }
      body = ((Bound.Valid<?>) bound).value();
    }
    return new Input.Usable(
        operation, new Call(request, context, declared.pathNames, path, query), body);
  }

  private static Bound<?> bindPath(Declared declared, OperationRequest request) {
    ObjectNode fields = Json.FROM_TEXT.createObjectNode();
    for (int i = 0; i < declared.pathNames.size(); i++) {
      fields.put(declared.pathNames.get(i), request.path().get(i));
    }
    return RecordBinder.text(fields, declared.operation.pathType, "/path");
  }

  private static Bound<?> bindQuery(Class<?> type, String query) {
    Bound<ObjectNode> fields = QueryString.parse(query);
    return fields instanceof Bound.Valid<ObjectNode> valid
        ? RecordBinder.text(valid.value(), type, "/query")
        : fields;
  }

  /** Clients that send no content type at all mean JSON here. */
  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return true;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.endsWith("+json");
  }

  private static Input refused(Bound.Wrong<?> wrong) {
    return new Input.Unusable(
        new OperationReply.Refused(
            wrong.refusal(), "", wrong.detail(), wrong.violations(), List.of()));
  }
}
