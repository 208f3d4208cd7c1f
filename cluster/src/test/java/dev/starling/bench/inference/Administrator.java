package dev.starling.bench.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * What an administrator asks of a node with an edge, one thing after the other. Its methods block.
 */
final class Administrator {
  private static final String EMAIL = "admin@example.com";
  private static final String PASSWORD = "correct horse battery staple";

  /** Settings of a node that make this the first administrator, on loopback and for one run. */
  static final Map<String, String> SETTINGS =
      Map.of("STARLING_ADMIN_EMAIL", EMAIL, "STARLING_ADMIN_PASSWORD", PASSWORD);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int POLL_MILLIS = 50;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LabNode edge;
  private final String token;

  /**
   * What was said to a request.
   *
   * @param millis from the request to the end of the answer
   */
  record Answer(int status, String body, double millis) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Signs in, as soon as the edge lets it. */
  Administrator(LabNode edge) {
    this.edge = edge;
    String credentials = "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(EMAIL, PASSWORD);
    this.token =
        await("signed in", () -> send("POST", "/v1/auth/token", credentials, ""))
            .json()
            .path("access_token")
            .asText();
  }

  String token() {
    return token;
  }

  /** Waits until a model can be asked. */
  void awaitReady(String model) {
    await(model + " ready", () -> get("/v2/models/" + model + "/ready"));
  }

  /** How many numbers each row of a model's first input has. */
  int width(String model) {
    JsonNode shape = get("/v2/models/" + model).json().path("inputs").path(0).path("shape");
    return shape.path(1).asInt();
  }

  Answer load(String model) {
    return send("POST", "/v2/repository/models/" + model + "/load", "{}", token);
  }

  Answer get(String path) {
    return send("GET", path, "", token);
  }

  Answer post(String path, String json) {
    return send("POST", path, json, token);
  }

  Answer put(String path, String json) {
    return send("PUT", path, json, token);
  }

  private interface Request {
    Answer send();
  }

  private Answer await(String what, Request request) {
    long end = System.nanoTime() + LabNode.PATIENCE.toNanos();
    while (true) {
      Answer answer = request.send();
      if (answer.status / 100 == 2) {
        return answer;
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "not %s within %d s: %d %s%n%s"
                .formatted(
                    what,
                    LabNode.PATIENCE.toSeconds(),
                    answer.status,
                    answer.body,
                    edge.logTail()));
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  /** An answer of status 0 is none. */
  private Answer send(String method, String path, String json, String bearer) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + edge.host() + ":" + edge.httpPort() + path))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (!bearer.isEmpty()) {
      request.header("authorization", "Bearer " + bearer);
    }
    long began = System.nanoTime();
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), (System.nanoTime() - began) / 1e6);
    } catch (IOException e) {
      return new Answer(0, e.toString(), (System.nanoTime() - began) / 1e6);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
