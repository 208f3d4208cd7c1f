package dev.starling.chaos;

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

/** Signs the lab's users up, and reads what the cluster knows of them, over HTTP. */
final class Accounts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "correct horse battery";

  /** A near-cache may be as old as this when the news of a write was lost. */
  private static final int STALE_MILLIS = 1_200;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LabNode edge;

  Accounts(LabNode edge) {
    this.edge = edge;
  }

  List<Account> create(int count) {
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String email = "chaos-" + System.nanoTime() + "@example.com";
      String credentials = "{\"email\":\"%s\",\"password\":\"%s\"".formatted(email, PASSWORD);
      String id =
          post("/v1/auth/signup", credentials + ",\"name\":\"write 0\"}", 201).path("id").asText();
      String token = post("/v1/auth/token", credentials + "}", 200).path("access_token").asText();
      accounts.add(new Account(id, token));
    }
    return accounts;
  }

  /** The number of the last write that was executed for each account. */
  List<Integer> lastWrites(List<Account> accounts) {
    Pause.millis(STALE_MILLIS);
    List<Integer> found = new ArrayList<>();
    for (Account account : accounts) {
      JsonNode profile =
          send(
              request("/v1/users/me").header("authorization", "Bearer " + account.token).GET(),
              200);
      found.add(Integer.parseInt(profile.path("name").asText().replaceFirst("write ", "")));
    }
    return found;
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
        // Right after a fault the service may be away; what stays is a finding.
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
