package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.testkit.TestRedis;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit that two real nodes share, and what clients see when they lose who keeps it. */
@Timeout(180)
class SharedLimitIT {
  private static final int QUOTA = 20;

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(strings = {"redis", "cluster"})
  void limit_sharedByTwoNodes_isOneLimit(String policy) throws IOException {
    Path policies =
        Files.writeString(
            data.resolve("policies.yaml"),
            """
            shedding: { enabled: false }
            limits:
              - name: ping-burst
                match: { method: GET, path: /v1/ping }
                per: ip
                rate: { hour: %d }
                algorithm: token-bucket
                policy: %s
            """
                .formatted(QUOTA, policy));
    NodeProcess.Mesh mesh = NodeProcess.Mesh.create();
    try (TestRedis redis = TestRedis.start();
        NodeProcess a = node("a", mesh, policies, redis);
        NodeProcess b = node("b", mesh, policies, redis)) {
      for (NodeProcess node : List.of(a, b)) {
        node.await("with both", found -> isServing(found, "a") && isServing(found, "b"));
      }

      int passed = 0;
      for (int i = 0; i < 2 * QUOTA; i++) {
        HttpResponse<String> answer = (i % 2 == 0 ? a : b).get("/v1/ping");
        assertThat(answer.statusCode()).isIn(200, 429);
        passed += answer.statusCode() == 200 ? 1 : 0;
      }
      // On a machine that stands still a call may be decided without the other node.
      int unanswered = unanswered(a) + unanswered(b);
      assertThat(passed).isBetween(QUOTA, QUOTA + unanswered);

      HttpResponse<String> limited = b.get("/v1/ping");
      assertThat(limited.statusCode()).isEqualTo(429);
      assertThat(limited.headers().firstValue("ratelimit-policy").orElseThrow())
          .contains("\"ping-burst\";q=20;w=3600");
      assertThat(limited.headers().firstValue("retry-after")).isPresent();
      assertThat(a.manage("/metrics").body())
          .contains("ratelimit_decisions_total{outcome=\"limited\",policy=\"ping-burst\"}");

      redis.kill();
      a.kill();
      for (int i = 0; i < 3 * QUOTA; i++) {
        assertThat(b.get("/v1/ping").statusCode()).isIn(200, 429);
      }
    }
  }

  private NodeProcess node(String zone, NodeProcess.Mesh mesh, Path policies, TestRedis redis) {
    return new NodeProcess.Settings(data.resolve(zone), mesh)
        .with("STARLING_ZONE", zone)
        .with("STARLING_VERTICLES", "edge,rate-limiter,ping")
        .with("STARLING_POLICIES", policies.toString())
        .with("STARLING_REDIS_URI", redis.uri())
        .start();
  }

  private static int unanswered(NodeProcess node) {
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("ratelimit_lease_unanswered_total"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static boolean isServing(NodeProcess node, String zone) {
    String seen = node.manage("/cluster").body();
    return seen.contains("\"zone\":\"" + zone + "\"")
        && !seen.contains("joining")
        && !seen.contains("suspect");
  }
}
