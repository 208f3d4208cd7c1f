package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator is given a decision id and asks whichever node is at hand. */
@Timeout(240)
final class DecisionsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One commit takes longer than a millisecond, and the breaker stays open for an hour. */
  private static final String TRIPS_AT_ONCE =
      """
      breakers:
        - name: database
          dependency: postgres
          minimum-calls: 1
          slow-call: 1ms
          slow-percent: 1
          failure-percent: 1
          sleep: 1h
          max-sleep: 1h
      """;

  @TempDir private Path data;
  private final Mesh mesh = Mesh.create();

  @Test
  void decisionOfOneNode_isFoundThroughAnother_untilItsNodeIsGone() throws IOException {
    Path policies =
        Files.writeString(data.resolve("policies.yaml"), "shedding: { enabled: false }\n");
    try (NodeProcess a = settings().arguments("--policies", policies.toString()).start();
        NodeProcess b = settings().start()) {
      a.await("in a cluster of two", node -> json(node, "/cluster").path("nodes").size() == 2);
      b.await("in a cluster of two", node -> json(node, "/cluster").path("nodes").size() == 2);

      Files.writeString(policies, TRIPS_AT_ONCE);
      assertThat(a.manage("POST", "/reload", "").statusCode()).isEqualTo(200);
      a.await("refusing", DecisionsIT::isRefusing);

      JsonNode told = latest(a, "unavailable");
      assertThat(told.path("operation").asText())
          .as("what the client has")
          .isEqualTo("auth.signup");
      assertThat(told.path("status").asInt()).isEqualTo(503);
      JsonNode refused = latest(a, "breaker");
      String id = refused.path("id").asText();
      assertThat(refused.path("rule").asText()).isEqualTo("database");
      assertThat(json(a, "/decisions/" + id)).isEqualTo(refused);
      assertThat(json(b, "/decisions/" + id)).isEqualTo(refused);
      assertThat(json(b, "/decisions").path("decisions")).isEmpty();
      assertThat(json(b, "/decisions?scope=cluster&since=" + id).path("decisions").toString())
          .contains(id);
      assertThat(a.manage("/metrics").body())
          .contains("policy_breaker_state{breaker=\"database\"} 2.0")
          .contains("eventloop_lag_seconds");

      HttpResponse<String> guessed = b.manage("/decisions/" + withAnotherTag(id));
      assertThat(guessed.statusCode()).isEqualTo(404);
      assertThat(guessed.body()).contains("it keeps its last 4096");

      a.stop();
      b.await("alone", node -> json(node, "/cluster").path("nodes").size() == 1);
      HttpResponse<String> gone = b.manage("/decisions/" + id);
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(gone.body()).contains("is not in the cluster");
    }
  }

  private static boolean isRefusing(NodeProcess node) {
    node.post(
        "/v1/auth/signup",
        "{\"email\":\"ada-%d@example.org\",\"password\":\"correct horse battery\",\"name\":\"Ada\"}"
            .formatted(System.nanoTime()));
    return !json(node, "/decisions").path("decisions").isEmpty();
  }

  private static JsonNode latest(NodeProcess node, String kind) {
    for (JsonNode decision : json(node, "/decisions").path("decisions")) {
      if (decision.path("kind").asText().equals(kind)) {
        return decision;
      }
    }
    throw new AssertionError("no decision of kind " + kind);
  }

  private static String withAnotherTag(String id) {
    String others = id.substring(0, id.length() - 1);
    return others + (id.endsWith("0") ? "1" : "0");
  }

  private static JsonNode json(NodeProcess node, String path) {
    try {
      return JSON.readTree(node.manage(path).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Settings settings() {
    return new Settings(data, mesh).with("STARLING_RATE_LIMITER_ENABLED", "false");
  }
}
