package dev.starling.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.sdk.Json;
import java.util.Arrays;
import java.util.List;

/** The responses in the OpenAPI description: each success its own, the problems shared. */
final class OpenApiResponses {
  static final String PROBLEM = "Problem";

  private OpenApiResponses() {}

  /** Adds the response of an operation that went well. */
  static void success(ObjectNode responses, JsonNode success) {
    Kind kind = Kind.valueOf(success.path("kind").asText("OK"));
    JsonNode schema = success.path("schema");
    int status = HttpErrors.status(kind);
    ObjectNode response = responses.putObject(Integer.toString(status));
    response.put("description", HttpErrors.phrase(status));
    if (schema.isObject()) {
      response.putObject("content").putObject("application/json").set("schema", schema);
    }
    if (success.path("content").isObject()) {
      response.set("content", success.path("content"));
    }
    if (kind == Kind.CREATED) {
      header(response, "Location", "Where it is", "string");
    }
  }

  /** Adds the responses of an operation that is a stream. */
  static void stream(ObjectNode responses, OperationRecord operation, JsonNode success) {
    JsonNode schema = success.path("schema");
    if (operation.interaction() == Interaction.STREAM) {
      ObjectNode response = responses.putObject("200");
      response.put(
          "description",
          "A stream of items of this schema. Server-sent events close with an event `end`, or"
              + " `error` with a problem; the last line of an NDJSON stream that broke off has the"
              + " one member `error`. Also over a WebSocket, each item a text message.");
      for (Delivery delivery : List.of(Delivery.EVENTS, Delivery.LINES)) {
        response.withObject("/content").putObject(delivery.mediaType()).set("schema", schema);
      }
      return;
    }
    if (operation.interaction() == Interaction.BULK) {
      ObjectNode response = responses.putObject("200");
      response.put(
          "description",
          "A line for each line of the body, in any order: its number from 1 (empty lines do not"
              + " count), a status, and the result or a problem.");
      ObjectNode line =
          response
              .withObject("/content")
              .putObject(Delivery.LINES.mediaType())
              .putObject("schema")
              .put("type", "object");
      line.putArray("required").add("line").add("status");
      ObjectNode members = line.putObject("properties");
      members.putObject("line").put("type", "integer");
      members.putObject("status").put("type", "integer");
      members.putObject("headers").put("type", "object");
      members.set("result", schema);
      members.putObject("problem").put("$ref", "#/components/schemas/" + PROBLEM);
      return;
    }
    ObjectNode response = responses.putObject("101");
    response.put("description", "A WebSocket; each message is a JSON text.");
    ObjectNode messages = response.putObject("x-websocket");
    messages.set("receives", success.path("in"));
    messages.set("sends", schema);
  }

  /** The schema of {@link Problem}. */
  static ObjectNode problemSchema() {
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
    schema.put("description", "Problem details as RFC 9457 defines them");
    schema.putArray("required").add("type").add("title").add("status").add("requestId");
    ObjectNode properties = schema.putObject("properties");
    properties.putObject("type").put("type", "string").put("format", "uri-reference");
    properties.putObject("title").put("type", "string");
    properties.putObject("status").put("type", "integer");
    properties.putObject("detail").put("type", "string");
    properties.putObject("requestId").put("type", "string");
    ObjectNode outcome =
        properties
            .putObject("outcome")
            .put("type", "string")
            .put("description", "Whether anything was done, when the status does not say it");
    List<String> outcomes =
        Arrays.stream(Problem.Outcome.values())
            .filter(value -> value != Problem.Outcome.IMPLIED)
            .map(Problem.Outcome::toString)
            .toList();
    outcomes.forEach(outcome.withArray("enum")::add);
    ObjectNode error = properties.putObject("errors").put("type", "array").putObject("items");
    error.put("type", "object").putArray("required").add("pointer").add("detail");
    ObjectNode parts = error.putObject("properties");
    parts
        .putObject("pointer")
        .put("type", "string")
        .put("description", "A JSON pointer into the body, or /path, /query, /header");
    parts.putObject("detail").put("type", "string");
    properties
        .putObject("violated-policies")
        .put("type", "array")
        .putObject("items")
        .put("type", "string");
    property(properties, "decision_id", "string", "Under which a refusal by policy is remembered");
    property(properties, "policy", "string", "The rule that refused");
    property(properties, "threshold", "number", "The number of the rule");
    property(properties, "observed", "number", "What was there instead");
    return schema;
  }

  private static void property(
      ObjectNode properties, String name, String type, String description) {
    properties.putObject(name).put("type", type).put("description", description);
  }

  static void header(ObjectNode response, String name, String description, String type) {
    ObjectNode headers = response.withObject("/headers");
    ObjectNode header = headers.putObject(name).put("description", description);
    header.putObject("schema").put("type", type);
  }
}
