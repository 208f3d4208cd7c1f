package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.cluster.KeepAliveLoad.Call;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to real nodes while they serve. */
@Timeout(240)
final class ManagementIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] TYPE = {"content-type", "application/json"};
  private static final int SOME = 300;

  @TempDir private Path data;
  private final Mesh mesh = Mesh.create();

  @Test
  void scale_underLoad_losesNoCallAndPeersSeeIt() throws IOException {
    try (NodeProcess a = counted().start();
        NodeProcess b = counted().start()) {
      a.await("in a cluster of two", node -> instances(node, "ping").equals(List.of(2, 2)));
      try (KeepAliveLoad load = new KeepAliveLoad(List.of(a.httpPort(), b.httpPort()))) {
        load.start(8, Call.get("/v1/ping"));
        load.awaitAnswers(SOME);

        HttpResponse<String> everywhere = scale(a, "ping", 5, "cluster");
        assertThat(everywhere.statusCode()).as(everywhere.body()).isEqualTo(200);
        assertThat(JSON.readTree(everywhere.body()).path("nodes")).hasSize(2);
        b.await("seeing five", node -> instances(node, "ping").equals(List.of(5, 5)));
        load.awaitAnswers(SOME);
        for (int instances : new int[] {1, 4, 2, 1}) {
          assertThat(scale(a, "ping", instances, "node").statusCode()).isEqualTo(200);
          load.awaitAnswers(SOME);
        }
        b.await("seeing one", node -> instances(node, "ping").equals(List.of(1, 5)));

        assertThat(load.failures()).isEmpty();
      }
    }
  }

  @Test
  void scale_whatCannotBeScaled_saysWhy() throws IOException {
    try (NodeProcess node = counted().start()) {
      assertThat(scale(node, "edge", 3, "node").statusCode()).isEqualTo(409);
      assertThat(scale(node, "edge", 3, "cluster").body())
          .contains("edge runs once on each event loop");
      assertThat(scale(node, "pign", 3, "node").statusCode()).isEqualTo(404);
      assertThat(scale(node, "pign", 3, "cluster").body()).contains("did you mean ping?");
      assertThat(scale(node, "users", 3, "node").statusCode()).isEqualTo(409);
      assertThat(scale(node, "users", 3, "node").body()).contains("does not run users");
      assertThat(scale(node, "ping", 0, "node").statusCode()).isEqualTo(422);
      assertThat(scale(node, "ping", 100_000, "cluster").body()).contains("expected: 1..1024");
      assertThat(scale(node, "ping", -1, "cluster").statusCode()).isEqualTo(422);

      // What a node does in a service for others alone is no verticle.
      String cluster = node.manage("/cluster").body();
      String lender = "rate-limiter@" + JSON.readTree(cluster).path("self").asText();
      assertThat(cluster).contains("rate-limiter").doesNotContain("@");
      assertThat(scale(node, lender, 3, "node").statusCode()).isEqualTo(404);
      assertThat(scale(node, lender, 3, "cluster").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void configFile_changed_isAppliedOrTheLastGoodOneStays() throws IOException {
    Path file = data.resolve("starling.yaml");
    Files.writeString(file, "verticles: { ping: { instances: 2 } }\n");
    try (NodeProcess node =
        settings()
            .with("STARLING_VERTICLES", "edge,rate-limiter,ping")
            .arguments("--config", file.toString())
            .start()) {
      Files.writeString(file, "verticles: { ping: { instances: 3 } }\n");
      node.await("with three", found -> instances(found, "ping").equals(List.of(3)));

      Files.writeString(file, "verticles: { ping: { instances: many } }\n");
      node.await(
          "complaining",
          found -> found.manage("/readyz?verbose").body().contains("the last good one is in use"));
      assertThat(node.isReady()).isTrue();
      assertThat(node.manage("/metrics").body()).contains("config_valid 0.0");
      assertThat(node.manage("POST", "/reload", "").statusCode()).isEqualTo(422);
      assertThat(instances(node, "ping")).isEqualTo(List.of(3));

      Files.writeString(file, "zone: other\nverticles: { ping: { instances: 1 } }\n");
      HttpResponse<String> reloaded = node.manage("POST", "/reload", "");
      assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);
      assertThat(reloaded.body()).contains("\"needs_restart\":[\"zone\"]");
      node.await("with one", found -> instances(found, "ping").equals(List.of(1)));
      assertThat(node.manage("/readyz?verbose").body()).contains("a restart is needed for zone");
      assertThat(node.manage("/metrics").body()).contains("config_valid 1.0");
    }
  }

  @Test
  void policyFile_changed_isInForceOrTheLastGoodOneStays() throws IOException {
    Path file = data.resolve("policies.yaml");
    Files.writeString(file, "costs: [{ cost: 1 }]\n");
    try (NodeProcess node =
        settings()
            .with("STARLING_VERTICLES", "edge,rate-limiter,ping")
            .arguments("--policies", file.toString())
            .start()) {
      String first = policyVersion(node);
      Files.writeString(file, "costs: [{ cost: 100 }]\n");
      node.await("with the new policy", found -> !policyVersion(found).equals(first));
      String second = policyVersion(node);

      Files.writeString(file, "costs: [{ cots: 1 }]\n");
      node.await(
          "complaining",
          found -> found.manage("/readyz?verbose").body().contains("did you mean cost?"));
      assertThat(node.isReady()).isTrue();
      assertThat(node.manage("/metrics").body()).contains("policy_valid 0.0");
      HttpResponse<String> refused = node.manage("POST", "/reload", "");
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body()).contains("costs[0]: cots: unknown key");
      assertThat(policyVersion(node)).isEqualTo(second);

      Files.writeString(file, "costs: [{ cost: 1 }]\n");
      assertThat(node.manage("POST", "/reload", "").statusCode()).isEqualTo(200);
      assertThat(policyVersion(node)).isEqualTo(first);
      assertThat(node.manage("/metrics").body())
          .contains("policy_valid 1.0")
          .contains("policy_reloads_total{outcome=\"applied\"} 2.0");
    }
  }

  @Test
  void mistakenPolicyFile_atTheStart_isOneLineAndExitCodeTwo() throws IOException {
    Path file = Files.writeString(data.resolve("policies.yaml"), "limits: [{ nmae: a }]\n");
    try (NodeProcess node = settings().arguments("--policies", file.toString()).launch()) {
      assertThat(node.exitCode()).isEqualTo(2);
      assertThat(node.output())
          .contains("starling: " + file + ": limits[0]: nmae: unknown key (did you mean name?)");
    }
  }

  @Test
  void portOffLoopback_withoutToken_showsProbesAndMetricsOnly() throws IOException {
    try (NodeProcess node =
        settings()
            .with("STARLING_VERTICLES", "edge,rate-limiter,ping")
            .with("STARLING_MANAGEMENT_HOST", "0.0.0.0")
            .start()) {
      for (String open : List.of("/livez", "/readyz", "/metrics")) {
        assertThat(node.manage(open).statusCode()).as(open).isEqualTo(200);
      }
      for (String closed : List.of("/cluster", "/readyz?verbose")) {
        HttpResponse<String> refused = node.manage(closed);
        assertThat(refused.statusCode()).as(closed).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate"))
            .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
      }
      for (String closed : List.of("/drain", "/scale", "/reload")) {
        assertThat(node.manage("POST", closed, "{}", TYPE).statusCode()).as(closed).isEqualTo(401);
      }

      Path file = data.resolve("admin-token");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String token = Files.readString(file).strip();
      String[] shown = {"authorization", "Bearer " + token};
      assertThat(node.manage("GET", "/cluster", "", shown).statusCode()).isEqualTo(200);
      assertThat(node.output()).doesNotContain(token);
      assertThat(node.manage("POST", "/drain", "", shown).statusCode()).isEqualTo(202);
      assertThat(node.exitCode()).as(node.output()).isZero();
    }
  }

  /** The version in the metrics. */
  private static String policyVersion(NodeProcess node) {
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("policy_version{"))
        .findFirst()
        .orElse("none");
  }

  private static HttpResponse<String> scale(
      NodeProcess node, String verticle, int instances, String scope) {
    return node.manage(
        "POST",
        "/scale",
        "{\"verticle\":\"%s\",\"instances\":%d,\"scope\":\"%s\"}"
            .formatted(verticle, instances, scope),
        TYPE);
  }

  /** What this node and its peers announce of a verticle, in order of the numbers. */
  private static List<Integer> instances(NodeProcess node, String verticle) {
    try {
      JsonNode nodes = JSON.readTree(node.manage("/cluster").body()).path("nodes");
      return StreamSupport.stream(nodes.spliterator(), false)
          .filter(member -> member.path("state").asText().equals("serving"))
          .flatMap(member -> StreamSupport.stream(member.path("services").spliterator(), false))
          .filter(service -> service.path("name").asText().equals(verticle))
          .map(service -> service.path("instances").asInt())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Settings counted() {
    return settings()
        .with("STARLING_VERTICLES", "edge,rate-limiter,ping")
        .with("STARLING_VERTICLES_PING_INSTANCES", "2");
  }

  private Settings settings() {
    return new Settings(data, mesh).with("STARLING_RATE_LIMITER_ENABLED", "false");
  }
}
