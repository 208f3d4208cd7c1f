package dev.starling.edge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.sdk.Json;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The responses of refused requests in the OpenAPI description: one for each status and shape,
 * which operations share. Not thread-safe.
 */
final class OpenApiFailures {
  private record Failure(int status, ErrorShape shape) {}

  private final SortedMap<String, Failure> byName = new TreeMap<>();

  /** Where the response stands. */
  String reference(int status, ErrorShape shape) {
    String name =
        HttpErrors.phrase(status).replace(" ", "") + (shape == ErrorShape.MESSAGE ? "Message" : "");
    byName.put(name, new Failure(status, shape));
    return "#/components/responses/" + name;
  }

  /** All that were referred to, each under its name. */
  ObjectNode shared() {
    ObjectNode responses = Json.MAPPER.createObjectNode();
    byName.forEach((name, failure) -> responses.set(name, response(failure)));
    return responses;
  }

  private static ObjectNode response(Failure failure) {
    int status = failure.status();
    ObjectNode response = Json.MAPPER.createObjectNode();
    response.put("description", HttpErrors.phrase(status));
    if (status == 401 || status == 403) {
      OpenApiResponses.header(response, "WWW-Authenticate", "How to authenticate", "string");
    }
    if (status == 429) {
      OpenApiResponses.header(response, "RateLimit", "What is left of each limit", "string");
      OpenApiResponses.header(response, "RateLimit-Policy", "The limits", "string");
    }
    if (status == 429 || status == 503) {
      OpenApiResponses.header(response, "Retry-After", "Seconds until another try", "integer");
    }
    ObjectNode content = response.putObject("content");
    if (failure.shape() == ErrorShape.PROBLEM) {
      content
          .putObject("application/problem+json")
          .putObject("schema")
          .put("$ref", "#/components/schemas/" + OpenApiResponses.PROBLEM);
      return response;
    }
    ObjectNode schema = content.putObject("application/json").putObject("schema");
    schema.put("type", "object").putArray("required").add("error");
    schema.putObject("properties").putObject("error").put("type", "string");
    return response;
  }
}
