package dev.starling.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs users up, and reads what a cluster knows of them, over HTTP.
 *
 * <p>Its methods block; what an edge answers with 500 or above is asked again for {@link
 * LabNode#PATIENCE}, because right after a fault a service may be away.
 */
public final class SignUps {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "correct horse battery";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LabNode edge;

  public SignUps(LabNode edge) {
    this.edge = edge;
  }

  /** So many new users, whose name is {@code name}. */
  public List<User> create(int count, String name) {
    List<User> users = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String email = "load-" + System.nanoTime() + "@example.com";
      String credentials = "{\"email\":\"%s\",\"password\":\"%s\"".formatted(email, PASSWORD);
      String named = credentials + ",\"name\":\"%s\"}".formatted(name);
      String id = post("/v1/auth/signup", named, 201).path("id").asText();
      String token = post("/v1/auth/token", credentials + "}", 200).path("access_token").asText();
      users.add(new User(id, token));
    }
    return users;
  }

  public JsonNode profile(User user) {
    return send(
        request("/v1/users/me").header("authorization", "Bearer " + user.token()).GET(), 200);
  }

  private JsonNode post(String path, String body, int wanted) {
    return send(
        request(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body)),
        wanted);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://" + edge.host() + ":" + edge.httpPort() + path))
        .timeout(Duration.ofSeconds(10));
  }

  private JsonNode send(HttpRequest.Builder request, int wanted) {
    long end = System.nanoTime() + LabNode.PATIENCE.toNanos();
    try {
      while (true) {
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() == wanted) {
          return JSON.readTree(answer.body());
        }
        if (answer.statusCode() < 500 || System.nanoTime() - end > 0) {
          throw new IllegalStateException(
              request.build().uri() + ": " + answer.statusCode() + " " + answer.body());
        }
        Pause.millis(100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
