package dev.starling.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.sdk.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request that no operation of this description can accept, made from the description alone.
 *
 * @param what is wrong with it
 * @param expected how it may be refused
 */
record UnusableInput(String what, OperationRequest request, Set<Refusal> expected) {

  static List<UnusableInput> of(OperationRecord operation, JsonNode schemas) {
    JsonNode document = read(operation.document());
    Requests requests = new Requests(operation);
    JsonNode json = document.path("requestBody").path("content").path("application/json");
    // What is wrong with a line is answered for that line alone, once the stream is open; and what
    // a
    // raw body must be is known to its operation alone.
    if (json.isObject() && operation.interaction() != Interaction.RAW) {
      requests.addBodies(json.path("schema"), schemas);
    }
    requests.addQueries(document.path("parameters"));
    return requests.made;
  }

  @Override
  public String toString() {
    return what;
  }

  private static final class Requests {
    private final List<UnusableInput> made = new ArrayList<>();
    private final OperationRecord operation;
    private final List<String> path;

    Requests(OperationRecord operation) {
      this.operation = operation;
      this.path =
          Arrays.stream(operation.path().split("/"))
              .filter(segment -> segment.startsWith("{"))
              .map(segment -> "x")
              .toList();
    }

    void addBodies(JsonNode schema, JsonNode schemas) {
      body("no body", "", Refusal.MALFORMED);
      body("no JSON", "{\"a\":", Refusal.MALFORMED);
      body("two documents", "{} {}", Refusal.MALFORMED);
      body("a bare null", "null", Refusal.MALFORMED);
      body("bottomless nesting", "[".repeat(2000), Refusal.MALFORMED, Refusal.INVALID);
      body("a list", "[]", Refusal.INVALID);
      body("a text", "\"text\"", Refusal.INVALID);
      body("an unknown property", "{\"no_such_property\":1}", Refusal.INVALID);
      bytes(
          "no UTF-8",
          new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
          "application/json",
          Refusal.MALFORMED);
      bytes("plain text", "{}".getBytes(UTF_8), "text/plain", Refusal.UNSUPPORTED_MEDIA_TYPE);
      JsonNode record = resolve(schema, schemas);
      for (Map.Entry<String, JsonNode> property : record.path("properties").properties()) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set(property.getKey(), read(wrongFor(resolve(property.getValue(), schemas))));
        body("a wrong type: " + body, body.toString(), Refusal.INVALID);
      }
    }

    void addQueries(JsonNode parameters) {
      boolean any = false;
      for (JsonNode parameter : parameters) {
        if (!parameter.path("in").asText().equals("query")) {
          continue;
        }
        any = true;
        String name = parameter.path("name").asText();
        query(name + "=%zz", Refusal.MALFORMED);
        query(name + "=%ff", Refusal.MALFORMED);
        query(name + "=1&" + name + "=1", Refusal.MALFORMED);
        query(name + "=%00", Refusal.INVALID);
        if (!types(parameter.path("schema")).contains("string")) {
          query(name + "=no-number", Refusal.INVALID);
        }
      }
      if (any) {
        query("no_such_parameter=1", Refusal.INVALID);
      }
    }

    private void body(String what, String json, Refusal... expected) {
      bytes(what, json.getBytes(UTF_8), "application/json", expected);
    }

    private void bytes(String what, byte[] body, String contentType, Refusal... expected) {
      add(
          "body with " + what,
          "",
          List.of(new Header("content-type", contentType)),
          body,
          expected);
    }

    private void query(String query, Refusal expected) {
      add("query " + query, query, List.of(), new byte[0], expected);
    }

    private void add(
        String what, String query, List<Header> headers, byte[] body, Refusal... expected) {
      EnumSet<Refusal> refusals = EnumSet.copyOf(List.of(expected));
      if (!path.isEmpty()) {
        // The path is looked at first, and its values are made up.
        refusals.add(Refusal.INVALID);
      }
      made.add(
          new UnusableInput(
              what,
              new OperationRequest(operation.id(), path, query, headers, "192.0.2.1", body),
              refusals));
    }
  }

  private static JsonNode resolve(JsonNode schema, JsonNode schemas) {
    String reference = schema.path("$ref").asText();
    return reference.isEmpty()
        ? schema
        : schemas.path(reference.substring(reference.lastIndexOf('/') + 1));
  }

  private static String wrongFor(JsonNode schema) {
    return types(schema).contains("object") ? "\"text\"" : "{\"a\":1}";
  }

  private static Set<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    Set<String> types = new HashSet<>(Set.of(type.asText()));
    type.forEach(one -> types.add(one.asText()));
    return types;
  }

  private static JsonNode read(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + json, e);
    }
  }
}
