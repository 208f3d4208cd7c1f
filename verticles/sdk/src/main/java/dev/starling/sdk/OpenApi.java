package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.contract.service.ServiceRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a service announces: its operations as OpenAPI 3.1, with JSON Schemas that are
 * derived from the same records and constraints that its input is checked against.
 *
 * <p>A response that is refused names no HTTP status here; it is listed under {@code
 * x-starling-refusals}, and the edge, which alone knows HTTP, turns it into responses.
 */
final class OpenApi {
  private static final String SCHEMAS = "components/schemas";

  private OpenApi() {}

  static ServiceRecord describe(String service, String version, List<Operation> operations) {
    SchemaBuilder schemas = Schemas.ofBodies(service);
    List<ObjectNode> documents =
        operations.stream().map(operation -> document(service, operation, schemas)).toList();
    // Only now are the references in the documents filled in.
    String definitions = schemas.collectDefinitions(SCHEMAS).toString();
    List<OperationRecord> records = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      records.add(operations.get(i).toRecord(documents.get(i).toString()));
    }
    return new ServiceRecord(service, version, records, definitions);
  }

  private static ObjectNode document(String service, Operation operation, SchemaBuilder schemas) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("operationId", operation.id);
    document.putArray("tags").add(service);
    if (!operation.summary.isEmpty()) {
      document.put("summary", operation.summary);
    }
    ArrayNode parameters = Json.MAPPER.createArrayNode();
    addPathParameters(parameters, operation);
    addQueryParameters(parameters, operation);
    if (!parameters.isEmpty()) {
      document.set("parameters", parameters);
    }
    if (operation.bodyType != null) {
      ObjectNode body = document.putObject("requestBody").put("required", true);
      body.putObject("content")
          .putObject("application/json")
          .set("schema", schemas.createSchemaReference(operation.bodyType));
    }
    if (operation.handling instanceof Streaming streaming
        && streaming.interaction() == Interaction.BULK
        && streaming.inType() != null) {
      ObjectNode body = document.putObject("requestBody").put("required", true);
      body.put("description", "Any number of lines, each a JSON document of this schema");
      body.putObject("content")
          .putObject(Streaming.LINES)
          .set("schema", schemas.createSchemaReference(streaming.inType()));
    }
    if (operation.handling instanceof Raw && operation.maxBodyBytes() > 0) {
      document.putObject("requestBody").set("content", content(operation.taken));
    }
    ObjectNode success = document.putObject("x-starling-success");
    success.put("kind", operation.success.name());
    if (operation.replyType != Void.class && operation.success != OperationReply.Kind.NO_CONTENT) {
      success.set("schema", schemas.createSchemaReference(operation.replyType));
    }
    if (operation.handling instanceof Raw) {
      success.set("content", content(operation.given));
    }
    if (operation.handling instanceof Streaming streaming) {
      Class<?> in = streaming.inType();
      success.put("interaction", streaming.interaction().name());
      if (in != null && streaming.interaction() == Interaction.SOCKET) {
        success.set("in", schemas.createSchemaReference(in));
      }
    }
    ArrayNode refusals = document.putArray("x-starling-refusals");
    refusals(operation).forEach(refusal -> refusals.add(refusal.name()));
    return document;
  }

  /** Media types with their schemas; bytes when none was named. */
  private static ObjectNode content(Map<String, String> schemas) {
    ObjectNode content = Json.MAPPER.createObjectNode();
    schemas.forEach(
        (mediaType, schema) -> {
          ObjectNode media = content.putObject(mediaType);
          if (!schema.isEmpty()) {
            media.set("schema", schema(schema));
          }
        });
    if (content.isEmpty()) {
      content.putObject("application/octet-stream");
    }
    return content;
  }

  private static JsonNode schema(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("schema: no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Set<Refusal> refusals(Operation operation) {
    EnumSet<Refusal> refusals = EnumSet.of(Refusal.LIMITED, Refusal.NOT_EXECUTED);
    refusals.addAll(operation.refusals);
    if (!operation.open) {
      refusals.add(Refusal.UNAUTHENTICATED);
    }
    if (operation.scope != null) {
      refusals.add(Refusal.FORBIDDEN);
    }
    if (operation.bodyType != null) {
      refusals.addAll(
          EnumSet.of(
              Refusal.MALFORMED,
              Refusal.INVALID,
              Refusal.UNSUPPORTED_MEDIA_TYPE,
              Refusal.TOO_LARGE));
    }
    if (operation.handling instanceof Raw && operation.maxBodyBytes() > 0) {
      refusals.addAll(EnumSet.of(Refusal.MALFORMED, Refusal.TOO_LARGE));
    }
    if (operation.pathType != null) {
      refusals.add(Refusal.INVALID);
    }
    if (operation.queryType != null) {
      refusals.addAll(EnumSet.of(Refusal.MALFORMED, Refusal.INVALID));
    }
    return refusals;
  }

  private static void addPathParameters(ArrayNode parameters, Operation operation) {
    ObjectNode properties = properties(operation.pathType);
    for (String name : operation.template.parameters()) {
      JsonNode schema = properties.path("properties").path(name);
      ObjectNode parameter =
          parameters.addObject().put("name", name).put("in", "path").put("required", true);
      parameter.set(
          "schema",
          schema.isObject() ? schema : Json.MAPPER.createObjectNode().put("type", "string"));
    }
  }

  private static void addQueryParameters(ArrayNode parameters, Operation operation) {
    ObjectNode schema = properties(operation.queryType);
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      boolean required = false;
      for (JsonNode name : schema.path("required")) {
        required |= name.asText().equals(property.getKey());
      }
      ObjectNode parameter =
          parameters
              .addObject()
              .put("name", property.getKey())
              .put("in", "query")
              .put("required", required);
      parameter.set("schema", property.getValue());
    }
  }

  private static ObjectNode properties(@Nullable Class<?> type) {
    return type == null ? Json.MAPPER.createObjectNode() : Schemas.ofParameters(type);
  }
}
