package dev.starling.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.Json;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A node with an edge, real sockets and whatever services the test deploys. */
final class EdgeNode implements AutoCloseable {
  private final TestNode node;
  private final EdgeVerticle edge = new EdgeVerticle();
  private final HttpClient client;
  private final List<String> serviceIds = new ArrayList<>();
  private final String edgeId;
  private final int portBefore;

  /**
   * @param configure changes the section {@code http}
   */
  EdgeNode(Path directory, Consumer<ObjectNode> configure, ServiceVerticle... services) {
    this(directory, configure, HttpClient.newHttpClient(), services);
  }

  EdgeNode(
      Path directory,
      Consumer<ObjectNode> configure,
      HttpClient client,
      ServiceVerticle... services) {
    this.node = new TestNode(directory);
    this.client = client;
    ObjectNode http = node.settings().putObject("http");
    http.put("host", "127.0.0.1").put("port", 0);
    configure.accept(http);
    try {
      for (ServiceVerticle service : services) {
        serviceIds.add(node.deploy(service));
      }
      edgeId = node.deploy(edge);
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
    portBefore = edge.port();
  }

  /** Stops one of the services. */
  void undeploy(int service) {
    node.undeploy(serviceIds.get(service));
  }

  /** Stops the edge and waits until it has. */
  void stopEdge() {
    node.undeploy(edgeId);
  }

  /** The port that the edge has, or had until it was stopped. */
  int portBefore() {
    return portBefore;
  }

  /** Asks until the status is the wanted one or patience ends, and returns the last status. */
  int awaitStatus(String path, int wanted) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    int status = get(path).statusCode();
    while (status != wanted && System.nanoTime() - end < 0) {
      status = get(path).statusCode();
    }
    return status;
  }

  TestNode node() {
    return node;
  }

  int port() {
    return edge.port();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  HttpResponse<String> getWithNewClient(String path) {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(TestNode.PATIENCE).build();
    return send(HttpClient.newHttpClient(), request);
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    return send("POST", path, json, headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(TestNode.PATIENCE)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  HttpResponse<String> send(HttpRequest request) {
    return send(client, request);
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(request + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits until a gauge has the value or patience ends, and returns its last value. */
  double awaitGauge(String name, double wanted) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    double value = node.scope().meters().get(name).gauge().value();
    while (value != wanted && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
      value = node.scope().meters().get(name).gauge().value();
    }
    return value;
  }

  static JsonNode json(HttpResponse<String> response) {
    return json(response.body());
  }

  static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
