package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams as streams of HTTP/2, several on one connection. */
@Timeout(60)
class StreamHttp2IT {
  private static final String EVENTS = "text/event-stream";
  private static final String LINES = "application/x-ndjson";

  private final StreamVerticle streams = new StreamVerticle();
  private EdgeNode edge;
  private HttpClientAgent client;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    TestCertificate certificate = TestCertificate.create(directory);
    edge =
        new EdgeNode(
            directory,
            http -> {
              http.putObject("streams").put("max-per-connection", 2);
              http.putObject("tls")
                  .put("enabled", true)
                  .put("cert", certificate.certificate().toString())
                  .put("key", certificate.key().toString());
            },
            streams,
            new TokenVerticle(),
            new LimitVerticle(1_000_000));
    client =
        edge.node()
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    // Else one stream that is not read takes the connection's window from all.
                    .setHttp2ConnectionWindowSize(1 << 20)
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(certificate.certificate().toString())));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void get_events_comeAndEnd() {
    HttpClientResponse response = open("/v1/ticks?count=3", EVENTS);

    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(body(response))
        .startsWith("id: 1\nevent: tick\n")
        .endsWith("event: end\ndata: {}\n\n");
  }

  @Test
  void get_clientResetsItsStream_producerIsCancelled() throws Exception {
    HttpClientResponse response = open("/v1/quiet", EVENTS);

    response.request().reset();

    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    assertThat(open("/v1/ticks?count=1", LINES).statusCode()).isEqualTo(200);
  }

  @Test
  void get_failsAfterAnItem_linesAreResetBehindTheErrorLine() {
    StringBuilder seen = new StringBuilder();
    Promise<Void> ended = Promise.promise();
    open(
        "/v1/refused/1",
        LINES,
        response ->
            response
                .exceptionHandler(ended::tryFail)
                .endHandler(end -> ended.tryComplete())
                .handler(seen::append));

    assertThatThrownBy(() -> TestNode.await(ended.future()))
        .isInstanceOfSatisfying(
            StreamResetException.class, reset -> assertThat(reset.getCode()).isEqualTo(2));
    assertThat(seen.toString()).contains("{\"number\":1", "{\"error\":{", "\"status\":409");
  }

  @Test
  void get_moreThanAConnectionMayHave_isRefused() {
    open("/v1/quiet", EVENTS);
    open("/v1/quiet", EVENTS);

    HttpClientResponse third = open("/v1/quiet", EVENTS);

    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(edge.awaitGauge("edge.connections", 1)).isEqualTo(1);
  }

  @Test
  void get_clientThatDoesNotRead_pausesTheProducerOfThatStreamOnly() throws Exception {
    HttpClientResponse paused = open("/v1/flood", LINES);

    int sent = -1;
    while (sent != streams.flooded.get() || sent == 0) {
      sent = streams.flooded.get();
      TestNode.await(edge.node().vertx().timer(300, TimeUnit.MILLISECONDS));
    }
    // The stream's window of 64 KiB, the queue of as much, one window of the bus.
    assertThat(sent).isLessThan(2_000);
    assertThat(body(open("/v1/ticks?count=1000", LINES)).split("\n")).hasSize(1000);

    paused.request().reset();
    assertThat(streams.awaitClosed()).isEqualTo("ended");
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  /** Paused, since what comes before there is a handler would be nobody's. */
  private HttpClientResponse open(String path, String accept) {
    return open(path, accept, HttpClientResponse::pause);
  }

  private HttpClientResponse open(String path, String accept, Consumer<HttpClientResponse> begin) {
    HttpClientRequest request =
        TestNode.await(client.request(HttpMethod.GET, edge.port(), "localhost", path));
    return TestNode.await(request.putHeader("accept", accept).send().onSuccess(begin::accept));
  }

  private static String body(HttpClientResponse response) {
    Future<Buffer> body = response.body();
    response.resume();
    return TestNode.await(body).toString();
  }
}
