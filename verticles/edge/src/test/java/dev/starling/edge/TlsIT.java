package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.testkit.TestNode;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TlsIT {
  private static EdgeNode edge;
  private static TestCertificate certificate;
  private static HttpClient http2;
  private static HttpClient http1;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    certificate = TestCertificate.create(directory);
    http2 = client(certificate, HttpClient.Version.HTTP_2);
    http1 = client(certificate, HttpClient.Version.HTTP_1_1);
    edge =
        new EdgeNode(
            directory,
            TlsIT::tls,
            new SampleVerticle(),
            new TokenVerticle(),
            new LimitVerticle(1_000_000));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void get_overTls_isAnsweredInTheVersionThatWasNegotiated(HttpClient.Version version)
      throws Exception {
    HttpClient client = version == HttpClient.Version.HTTP_2 ? http2 : http1;
    HttpResponse<String> response = client.send(get("/v1/ping"), BodyHandlers.ofString());

    assertThat(response.version()).isEqualTo(version);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"message\":\"pong\"}");
    assertThat(response.headers().firstValue("traceparent")).isPresent();
  }

  @Test
  void get_manyStreams_areAllAnswered() {
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 90)
            .mapToObj(i -> http2.sendAsync(get("/v1/items/" + i), BodyHandlers.ofString()))
            .toList();
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).orTimeout(30, TimeUnit.SECONDS).join();
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body()).startsWith("{\"id\":\"" + i + "\",");
    }
  }

  @Test
  void post_http2_hasItsBody() throws Exception {
    HttpResponse<String> response = http2.send(post("{\"name\":\"tea\"}"), BodyHandlers.ofString());

    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(response.statusCode()).isEqualTo(201);
  }

  @Test
  void post_http2WithoutBody_isMalformed() throws Exception {
    HttpRequest request = request("/v1/items").POST(BodyPublishers.noBody()).build();

    assertThat(http2.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  /** With Vert.x's client: the JDK's waits for ever when its upload is stopped after the answer. */
  @Test
  void post_http2WithTooLargeBody_isRefusedAndTheConnectionLivesOn() {
    HttpClientAgent client = edge.node().vertx().createHttpClient(http2Options());
    HttpClientResponse refused =
        TestNode.await(
            client
                .request(HttpMethod.POST, edge.port(), "localhost", "/v1/items")
                .compose(request -> request.send(Buffer.buffer("x".repeat(200_000)))));

    assertThat(refused.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.getHeader("connection")).isNull();
    HttpClientRequest next =
        TestNode.await(client.request(HttpMethod.GET, edge.port(), "localhost", "/v1/ping"));
    assertThat(TestNode.await(next.send()).statusCode()).isEqualTo(200);
    assertThat(next.connection().localAddress())
        .isEqualTo(refused.request().connection().localAddress());
  }

  @Test
  void head_http2_hasItsLengthAndNoBody() throws Exception {
    HttpRequest head = request("/v1/ping").method("HEAD", BodyPublishers.noBody()).build();
    HttpResponse<String> response = http2.send(head, BodyHandlers.ofString());

    assertThat(response.headers().firstValue("content-length")).hasValue("18");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void delete_http2_hasNoContent() throws Exception {
    HttpRequest delete =
        request("/v1/items/1").DELETE().header("authorization", "Bearer good.a.admin").build();

    assertThat(http2.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
  }

  @Test
  void get_http2HostilePath_isRefused() throws Exception {
    assertThat(http2.send(get("/v1/items/%2e%2e"), BodyHandlers.ofString()).statusCode())
        .isEqualTo(400);
    assertThat(http2.send(get("/" + "a".repeat(5000)), BodyHandlers.ofString()).statusCode())
        .isEqualTo(414);
  }

  @Test
  void get_docsOverHttp2_areServed() throws Exception {
    HttpResponse<String> response =
        http2.send(get("/docs/assets/swagger-ui-bundle.js"), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().length()).isGreaterThan(1_000_000);
  }

  @Test
  void get_inClearText_isNeverServed() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readAll()).doesNotContain("HTTP/1.1");
    }
  }

  @Test
  void get_http2WhileDraining_isAnsweredAndTheConnectionIsLeft(@TempDir Path directory) {
    try (EdgeNode draining = new EdgeNode(directory, TlsIT::tls, new SampleVerticle())) {
      HttpClientAgent client = draining.node().vertx().createHttpClient(http2Options());
      HttpClientRequest first =
          TestNode.await(client.request(HttpMethod.GET, draining.port(), "localhost", "/v1/ping"));
      Promise<Void> closed = Promise.promise();
      first.connection().closeHandler(closed::complete);
      Draining.of(draining.node().scope()).begin();

      assertThat(TestNode.await(first.send()).statusCode()).isEqualTo(200);
      TestNode.await(closed.future());
      HttpClientRequest second =
          TestNode.await(client.request(HttpMethod.GET, draining.port(), "localhost", "/v1/ping"));
      assertThat(TestNode.await(second.send()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void deploy_missingCertificate_namesTheFile(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                new EdgeNode(
                    directory,
                    http ->
                        http.putObject("tls")
                            .put("enabled", true)
                            .put("cert", "/nowhere/cert.pem")
                            .put("key", "/nowhere/key.pem")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("/nowhere/cert.pem (expected: a readable PEM file)");
  }

  private static void tls(ObjectNode http) {
    http.put("request-timeout", "500ms")
        .putObject("tls")
        .put("enabled", true)
        .put("cert", certificate.certificate().toString())
        .put("key", certificate.key().toString());
  }

  private static HttpClientOptions http2Options() {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setTrustOptions(new PemTrustOptions().addCertPath(certificate.certificate().toString()));
  }

  private static HttpClient client(TestCertificate certificate, HttpClient.Version version) {
    return HttpClient.newBuilder().sslContext(certificate.trusting()).version(version).build();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + edge.port() + path));
  }

  private static HttpRequest get(String path) {
    return request(path).GET().build();
  }

  private static HttpRequest post(String body) {
    return request("/v1/items").POST(BodyPublishers.ofString(body)).build();
  }
}
