package dev.starling.chaos.orders;

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
 * Puts articles on sale as the administrator. Its methods block; what the cluster cannot do yet is
 * asked again for {@link LabNode#PATIENCE}.
 */
final class Clerk {
  static final String EMAIL = "clerk@example.com";

  /**
   * Of the administrator of a lab, which is reachable from this host alone and ends with the run.
   */
  static final String PASSWORD = "clerk of the lab's shop";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;

  Clerk(LabNode edge) {
    this.base = "http://" + edge.host() + ":" + edge.httpPort();
  }

  /**
   * @param stock by SKU
   */
  void sell(Map<String, Long> stock) {
    String credentials = "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(EMAIL, PASSWORD);
    String token = text(post("/v1/auth/token", "", credentials, 200), "access_token");
    stock.forEach(
        (sku, quantity) ->
            post(
                "/v1/products",
                token,
                """
                {"sku":"%s","name":"Article %s","price":{"amount":1999,"currency":"EUR"},"stock":%d}"""
                    .formatted(sku, sku, quantity),
                201));
  }

  private String post(String path, String token, String body, int wanted) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(10))
            .header("content-type", "application/json")
            .header("authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body))
            .build();
    long end = System.nanoTime() + LabNode.PATIENCE.toNanos();
    try {
      while (true) {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() == wanted) {
          return answer.body();
        }
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        Pause.millis(200);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String text(String json, String field) {
    try {
      return JSON.readTree(json).path(field).asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
