package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.sdk.TensorJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request to the repository says besides the model. Immutable.
 *
 * @param readyOnly to list only what can be asked
 * @param nodes to change only these; empty for all
 */
record RepositoryRequest(boolean readyOnly, List<String> nodes) {
  private static final int MAX_NODES = 1_000;

  RepositoryRequest {
    nodes = List.copyOf(nodes);
  }

  /** Reads a body; an empty one says nothing. */
  static Parsed<RepositoryRequest> read(byte[] body) {
    if (body.length == 0) {
      return new Parsed.Good<>(new RepositoryRequest(false, List.of()));
    }
    try {
      return new Parsed.Good<>(
          ProtocolJson.readWhole(body, 0, body.length, RepositoryRequest::members));
    } catch (Unusable unusable) {
      return new Parsed.Bad<>(unusable.detail());
    }
  }

  private static RepositoryRequest members(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.nextToken(), "body");
    boolean readyOnly = false;
    List<String> nodes = List.of();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "ready" -> readyOnly = ProtocolJson.truth(json, "ready");
        case "parameters" -> nodes = parameters(json);
        default -> json.skipChildren();
      }
    }
    return new RepositoryRequest(readyOnly, nodes);
  }

  private static List<String> parameters(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), "parameters");
    List<String> nodes = List.of();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "nodes" -> nodes = nodes(json);
        // Models here depend on no other, so there is nothing more to unload.
        case "unload_dependents" -> ProtocolJson.truth(json, "parameters, unload_dependents");
        default ->
            throw new Unusable(
                "parameters, "
                    + name
                    + ": not supported (expected: nodes; a model and its configuration come from"
                    + " the repository's directory)");
      }
    }
    return nodes;
  }

  private static List<String> nodes(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Unusable(
          "parameters, nodes: "
              + TensorJson.kind(json.currentToken())
              + " (expected: a list of node ids)");
    }
    List<String> nodes = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (nodes.size() == MAX_NODES) {
        throw new Unusable("parameters, nodes: more than " + MAX_NODES + " (expected: no more)");
      }
      nodes.add(ProtocolJson.text(json, "parameters, nodes"));
    }
    if (nodes.isEmpty()) {
      throw new Unusable("parameters, nodes: none (expected: at least one, or no such parameter)");
    }
    return nodes;
  }
}
