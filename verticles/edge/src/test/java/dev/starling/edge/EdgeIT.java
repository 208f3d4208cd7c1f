package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EdgeIT {
  private static final String JSON = "application/json";
  private static EdgeNode edge;

  @BeforeAll
  static void start(@TempDir Path directory) {
    edge =
        new EdgeNode(
            directory,
            http -> {},
            new SampleVerticle(),
            new TokenVerticle(),
            new LimitVerticle(1_000_000));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void get_openOperation_answersThroughTheBus() {
    HttpResponse<String> response = edge.get("/v1/ping");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"message\":\"pong\"}");
    assertThat(response.headers().firstValue("content-type")).hasValue(JSON);
    assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(response.headers().firstValue("server")).isEmpty();
  }
}
