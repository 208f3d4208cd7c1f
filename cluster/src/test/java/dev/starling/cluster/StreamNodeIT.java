package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients of streams see when a node dies or is stopped: real processes, a real cluster. */
@Timeout(240)
final class StreamNodeIT {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path data;
  private final Mesh mesh = Mesh.create();

  @Test
  void producersNode_killed_clientIsToldThatItWasLost() throws Exception {
    try (NodeProcess producer = node("producer", "ping");
        NodeProcess edge = node("edge", "edge,rate-limiter")) {
      edge.await("serving streams", found -> found.get("/v1/ping").statusCode() == 200);
      try (BufferedReader events = open(edge)) {
        awaitItem(events, 5);

        producer.kill();

        assertThat(lastEvent(events))
            .contains("event: error")
            .anyMatch(line -> line.contains("the node with the stream was lost"));
      }
      assertThat(edge.manage("/metrics").body())
          .containsPattern("bus_stream_resets_total\\{error_type=\"node_lost\"[^}]*} 1");
    }
  }

  @Test
  void producersNode_stopped_clientIsAskedToComeBack() throws Exception {
    try (NodeProcess producer = node("producer", "ping");
        NodeProcess edge = node("edge", "edge,rate-limiter")) {
      edge.await("serving streams", found -> found.get("/v1/ping").statusCode() == 200);
      try (BufferedReader events = open(edge)) {
        awaitItem(events, 5);

        assertThat(producer.stop()).isZero();

        assertThat(lastEvent(events))
            .contains("event: error")
            .anyMatch(line -> line.contains("the stream can be opened again"));
      }
    }
  }

  @Test
  void edgesNode_killed_producerIsReleased() throws Exception {
    try (NodeProcess producer = node("producer", "ping");
        NodeProcess edge = node("edge", "edge,rate-limiter")) {
      edge.await("serving streams", found -> found.get("/v1/ping").statusCode() == 200);
      try (BufferedReader events = open(edge)) {
        awaitItem(events, 5);
        producer.await(
            "having a stream",
            found -> found.manage("/metrics").body().contains("bus_streams 1.0"));

        edge.kill();

        producer.await(
            "without streams",
            found -> found.manage("/metrics").body().contains("bus_streams 0.0"));
      }
    }
  }

  private NodeProcess node(String name, String verticles) {
    return new Settings(data.resolve(name), mesh).with("STARLING_VERTICLES", verticles).start();
  }

  private static BufferedReader open(NodeProcess edge) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create(edge.url("/v1/pings?count=1000000&interval_millis=10")))
                .header("accept", "text/event-stream")
                .build(),
            BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  private static void awaitItem(BufferedReader events, int number) throws IOException {
    String line = events.readLine();
    while (line != null && !line.equals("id: " + number)) {
      line = events.readLine();
    }
    assertThat(line).isNotNull();
  }

  /** Reads to the end; the lines of what came last. */
  private static List<String> lastEvent(BufferedReader events) throws IOException {
    List<String> last = new ArrayList<>();
    List<String> current = new ArrayList<>();
    // The response ends, but the connection may live on.
    while (!last.contains("event: error")) {
      String line = events.readLine();
      if (line == null) {
        break;
      }
      if (line.isEmpty()) {
        last = current;
        current = new ArrayList<>();
      } else {
        current.add(line);
      }
    }
    return last;
  }
}
