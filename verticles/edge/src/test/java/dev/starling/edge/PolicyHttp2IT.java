package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.testkit.TestNode;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bulkheads and requests that share a connection, and leave it one by one. */
@Timeout(60)
class PolicyHttp2IT {
  private final GuardedVerticle service = new GuardedVerticle();
  private EdgeNode edge;
  private HttpClientAgent client;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    TestCertificate certificate = TestCertificate.create(directory);
    edge =
        new EdgeNode(
            directory,
            http ->
                http.putObject("tls")
                    .put("enabled", true)
                    .put("cert", certificate.certificate().toString())
                    .put("key", certificate.key().toString()),
            service);
    client =
        edge.node()
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(certificate.certificate().toString())));
    edge.node()
        .policy(
            """
            bulkheads:
              - { name: room, match: { path: /v1/held }, max-concurrent: 1, max-waiting: 1, max-wait: 30s }
            """);
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void get_streamInTheQueueIsReset_makesRoomThere() throws InterruptedException {
    HttpClientRequest inside = send();
    service.awaitHeld(1);
    HttpClientRequest waiting = send();
    await(() -> room().waiting() == 1);

    waiting.reset();

    await(() -> room().waiting() == 0);
    service.letGo();
    assertThat(TestNode.await(inside.response()).statusCode()).isEqualTo(200);
    await(() -> room().inside() == 0);
  }

  @Test
  void get_streamInsideIsReset_keepsItsPlaceUntilTheServiceIsDone() throws InterruptedException {
    HttpClientRequest inside = send();
    service.awaitHeld(1);
    inside.reset();
    HttpClientRequest next = send();
    await(() -> room().waiting() == 1);

    service.letGo();
    service.letGo();

    assertThat(TestNode.await(next.response()).statusCode()).isEqualTo(200);
  }

  private HttpClientRequest send() {
    HttpClientRequest request =
        TestNode.await(client.request(HttpMethod.GET, edge.port(), "localhost", "/v1/held"));
    request.send();
    return request;
  }

  private Bulkhead room() {
    return edge.node()
        .guards()
        .current()
        .forRoute(new PolicyRoute("GET", "/v1/held", "guarded.held", true))
        .bulkheads(Caller.UNKNOWN)
        .get(0);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.onSpinWait();
    }
  }
}
