package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.cluster.KeepAliveLoad.Call;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes are drained and started again under load, and no call fails. */
@Timeout(240)
final class RollingRestartIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SOME = 500;

  @TempDir private Path data;
  private final Mesh mesh = Mesh.create();

  @Test
  void drain_nodesOneAfterTheOther_keepAliveClientsLoseNothing() {
    Settings first = settings().with("STARLING_DRAIN_NOTICE", "500ms");
    Settings second = settings().with("STARLING_DRAIN_NOTICE", "500ms");
    try (NodeProcess a = first.start();
        NodeProcess b = second.start()) {
      awaitServing(2, a, b);
      String token = signUp(a);
      try (KeepAliveLoad load = new KeepAliveLoad(List.of(a.httpPort(), b.httpPort()))) {
        load.start(6, Call.get("/v1/users/me", "authorization", "Bearer " + token));
        load.start(2, Call.get("/v1/ping"));
        load.awaitAnswers(SOME);

        drain(a);
        load.awaitAnswers(SOME);
        try (NodeProcess again = first.start()) {
          awaitServing(2, again, b);
          load.awaitAnswers(SOME);
          drain(b);
          load.awaitAnswers(SOME);

          assertThat(load.failures()).isEmpty();
        }
      }
    }
  }

  @Test
  void drain_nodeThatServesOthers_callsThroughTheirEdgeLoseNothing() {
    try (NodeProcess a = settings().with("STARLING_VERTICLES", "auth,users,ping").start();
        NodeProcess b = settings().with("STARLING_VERTICLES", "auth,users,ping").start();
        NodeProcess edge =
            settings()
                .with("STARLING_VERTICLES", "edge")
                .with("STARLING_DATA_DIR", data.resolve("edge").toString())
                .start()) {
      awaitServing(3, a, b, edge);
      edge.await("routing", found -> found.get("/openapi.json").body().contains("/v1/users/me"));
      String token = signUp(edge);
      try (KeepAliveLoad load = new KeepAliveLoad(List.of(edge.httpPort()))) {
        load.start(6, Call.get("/v1/users/me", "authorization", "Bearer " + token));
        // Issuing a token is not safe to be sent twice, and takes long enough to be in flight.
        load.start(
            2,
            new Call(
                "/v1/auth/token",
                "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\"}",
                Map.of("content-type", "application/json")));
        load.awaitAnswers(SOME);

        drain(a);
        load.awaitAnswers(SOME);

        assertThat(load.failures()).isEmpty();
      }
    }
  }

  private static void drain(NodeProcess node) {
    HttpResponse<String> begun = node.manage("POST", "/drain", "");
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    assertThat(begun.body()).contains("\"state\":\"draining\"");
    HttpResponse<String> again = node.manage("POST", "/drain", "");
    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(node.exitCode()).as(node.output()).isZero();
  }

  private static void awaitServing(int count, NodeProcess... nodes) {
    for (NodeProcess node : nodes) {
      node.await(
          "in a cluster of " + count,
          found -> found.manage("/cluster").body().split("\"serving\"", -1).length == count + 1);
    }
  }

  private static String signUp(NodeProcess node) {
    String account =
        "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\",\"name\":\"Ada\"}";
    HttpResponse<String> created = node.post("/v1/auth/signup", account);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    HttpResponse<String> token =
        node.post(
            "/v1/auth/token",
            "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\"}");
    assertThat(token.statusCode()).as(token.body()).isEqualTo(200);
    try {
      return JSON.readTree(token.body()).path("access_token").asText();
    } catch (IOException e) {
      throw new AssertionError(token.body(), e);
    }
  }

  private Settings settings() {
    return new Settings(data, mesh).with("STARLING_RATE_LIMITER_ENABLED", "false");
  }
}
