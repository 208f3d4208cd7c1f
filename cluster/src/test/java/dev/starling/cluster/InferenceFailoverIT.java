package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import dev.starling.sdk.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two real nodes, of which one has the model that ships and the other the edge: what clients see
 * while the first is there, is killed, and is back.
 */
@Timeout(180)
class InferenceFailoverIT {
  private static final String MODEL = "all-minilm-l6-v2";
  private static final int DIMENSION = 384;

  @TempDir Path data;

  @Test
  void embeddings_modelOnAnotherNode_areAnsweredUnlessThatIsGone() {
    Mesh mesh = Mesh.create();
    try (NodeProcess front =
        settings("front", mesh)
            .with("STARLING_VERTICLES", "edge,auth,users,rate-limiter,open-inference")
            .start()) {
      final String token = signUp(front);
      assertRefused(embed(front, token), "no node runs models now");

      NodeProcess models = startModels(mesh);
      try {
        front.await("with the model", found -> embed(found, token).statusCode() == 200);
        final JsonNode before = vector(embed(front, token));
        assertThat(front.manage("/metrics").body()).doesNotContain("inference_compute_seconds");
        assertThat(models.manage("/metrics").body())
            .contains("inference_compute_seconds_count{model=\"" + MODEL + "\"");

        models.kill();
        front.await("without the model", found -> embed(found, token).statusCode() == 503);
        HttpResponse<String> refused = embed(front, token);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("content-type"))
            .contains("application/problem+json");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(json(refused.body()).path("detail").asText()).isNotEmpty();

        models = startModels(mesh);
        front.await("with the model again", found -> embed(found, token).statusCode() == 200);
        assertThat(vector(embed(front, token))).isEqualTo(before);
      } finally {
        models.close();
      }
    }
  }

  private NodeProcess startModels(Mesh mesh) {
    return settings("models", mesh)
        .with("STARLING_VERTICLES", "inference")
        .with("STARLING_INFERENCE_SHIPPED", "true")
        .with("STARLING_INFERENCE_START_WAIT", "50s")
        .start();
  }

  private Settings settings(String name, Mesh mesh) {
    return new Settings(data.resolve(name), mesh);
  }

  private static HttpResponse<String> embed(NodeProcess node, String token) {
    return node.post(
        "/v1/embeddings",
        "{\"model\":\"%s\",\"input\":[\"a storm is coming\"]}".formatted(MODEL),
        "authorization",
        "Bearer " + token);
  }

  private static JsonNode vector(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode vector = json(answer.body()).path("data").path(0).path("embedding");
    assertThat(vector.size()).isEqualTo(DIMENSION);
    return vector;
  }

  private static void assertRefused(HttpResponse<String> answer, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains(reason);
  }

  private static String signUp(NodeProcess node) {
    String credentials = "{\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"";
    assertThat(node.post("/v1/auth/signup", credentials + ",\"name\":\"Ada\"}").statusCode())
        .isEqualTo(201);
    HttpResponse<String> signedIn = node.post("/v1/auth/token", credentials + "}");
    assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(200);
    return json(signedIn.body()).path("access_token").asText();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
