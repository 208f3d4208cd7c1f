package dev.starling.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.sdk.Json;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the OpenAPI 3.1 description of everything that the edge offers: what the services
 * announced, with their outcomes turned into responses by {@link HttpErrors}.
 *
 * <p>The same catalog gives the same bytes on every node.
 */
final class OpenApiDocument {
  private static final Logger log = LoggerFactory.getLogger(OpenApiDocument.class);
  private static final String BEARER = "bearer";

  private OpenApiDocument() {}

  static byte[] write(List<ServiceRecord> services, RouteTable table) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Starling API")
        .put("version", "1.0.0")
        .put("description", "Every operation that a live node of this cluster offers.");
    document.putArray("servers").addObject().put("url", "/");
    ArrayNode tags = document.putArray("tags");
    table.routes().stream()
        .map(Route::service)
        .distinct()
        .forEach(service -> tags.addObject().put("name", service));
    OpenApiFailures failures = new OpenApiFailures();
    document.set("paths", paths(table, failures));
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas(services));
    components.set("responses", failures.shared());
    components
        .putObject("securitySchemes")
        .putObject(BEARER)
        .put("type", "http")
        .put("scheme", "bearer")
        .put("bearerFormat", "JWT");
    return Json.toBytes(document);
  }

  private static ObjectNode paths(RouteTable table, OpenApiFailures failures) {
    SortedMap<String, ObjectNode> paths = new TreeMap<>();
    for (Route route : table.routes()) {
      OperationRecord operation = route.operation();
      JsonNode announced = parse(operation.document(), operation.id());
      if (announced instanceof ObjectNode document) {
        paths
            .computeIfAbsent(operation.path(), path -> Json.MAPPER.createObjectNode())
            .set(
                operation.method().toLowerCase(Locale.ROOT),
                operation(operation, document, failures));
      }
    }
    ObjectNode all = Json.MAPPER.createObjectNode();
    paths.forEach(all::set);
    return all;
  }

  private static ObjectNode operation(
      OperationRecord record, ObjectNode document, OpenApiFailures shared) {
    JsonNode success = document.remove("x-starling-success");
    JsonNode refusals = document.remove("x-starling-refusals");
    ArrayNode security = document.putArray("security");
    if (!record.open()) {
      ArrayNode scopes = security.addObject().putArray(BEARER);
      if (record.scope() != null) {
        scopes.add(record.scope());
      }
    }
    ObjectNode responses = document.putObject("responses");
    boolean once =
        record.interaction() == Interaction.CALL || record.interaction() == Interaction.RAW;
    if (!once && success != null) {
      OpenApiResponses.stream(responses, record, success);
    } else if (success != null) {
      OpenApiResponses.success(responses, success);
    }
    // What the edge itself may answer to any request, whatever the service foresees.
    TreeSet<Integer> failures = new TreeSet<>(List.of(400, 500, 503, 504));
    if (record.interaction() == Interaction.STREAM || record.interaction() == Interaction.BULK) {
      failures.add(HttpErrors.status(EdgeRefusal.NOT_ACCEPTABLE));
    } else if (record.interaction() == Interaction.SOCKET) {
      failures.add(HttpErrors.status(EdgeRefusal.UPGRADE_REQUIRED));
    }
    if (refusals != null) {
      refusals.forEach(name -> failures.add(HttpErrors.status(Refusal.valueOf(name.asText()))));
    }
    for (int status : failures) {
      responses
          .putObject(Integer.toString(status))
          .put("$ref", shared.reference(status, record.errors()));
    }
    return document;
  }

  private static ObjectNode schemas(List<ServiceRecord> services) {
    ObjectNode all = Json.MAPPER.createObjectNode();
    for (ServiceRecord service : services) {
      parse(service.schemas(), service.name())
          .properties()
          .forEach(schema -> all.set(schema.getKey(), schema.getValue()));
    }
    all.set(OpenApiResponses.PROBLEM, OpenApiResponses.problemSchema());
    return all;
  }

  private static JsonNode parse(String json, String whose) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      log.warn("The description of {} is not JSON: {}", whose, e.getOriginalMessage());
      return Json.MAPPER.missingNode();
    }
  }
}
