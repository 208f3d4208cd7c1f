package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that keep their connections are let go without a failed request. */
@Timeout(60)
class DrainIT {
  private static final int CLIENTS = 16;

  /** Requests before it begins, so that every connection is in the middle of its work. */
  private static final int WARM = 500;

  private static TestCertificate certificate;
  private static Vertx vertx;

  @TempDir private Path directory;

  @BeforeAll
  static void start(@TempDir Path shared) throws Exception {
    certificate = TestCertificate.create(shared);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    TestNode.await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void drain_underLoad_failsNoRequest(HttpVersion version) throws Exception {
    try (EdgeNode edge = new EdgeNode(directory, DrainIT::tls, new SampleVerticle())) {
      Load load = new Load(version, edge.port());
      List<Future<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(load.client(i % 4 == 0 ? "/v1/slow" : "/v1/ping"));
      }
      TestNode.await(load.warm.future());
      SampleVerticle.awaitSlowCall();
      Draining draining = Draining.of(edge.node().scope());

      draining.begin();
      clients.forEach(TestNode::await);
      TestNode.await(draining.closeDoors());

      assertThat(load.failures).isEmpty();
      assertThat(load.answered.get()).isGreaterThanOrEqualTo(WARM);
      assertThat(edge.port()).isEqualTo(-1);
    }
  }

  @Test
  void closeDoors_requestsInFlight_areAnswered() throws Exception {
    try (EdgeNode edge = new EdgeNode(directory, DrainIT::tls, new SampleVerticle())) {
      Load load = new Load(HttpVersion.HTTP_2, edge.port());
      Future<HttpClientResponse> inFlight = load.get("/v1/slow");
      SampleVerticle.awaitSlowCall();
      Draining draining = Draining.of(edge.node().scope());
      draining.begin();
      Future<Void> closed = draining.closeDoors();

      assertThat(TestNode.await(inFlight).statusCode()).isEqualTo(200);
      TestNode.await(closed);
      // The verticle stops later; by then nothing is left to be closed.
      TestNode.await(draining.closeDoors());
      edge.stopEdge();
    }
  }

  private static void tls(ObjectNode http) {
    http.putObject("tls")
        .put("enabled", true)
        .put("cert", certificate.certificate().toString())
        .put("key", certificate.key().toString());
  }

  /** Clients that send one request after the other until they are told to go elsewhere. */
  private static final class Load {
    final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger answered = new AtomicInteger();
    final Promise<Void> warm = Promise.promise();
    private final Set<Object> toldToLeave = ConcurrentHashMap.newKeySet();
    private final HttpClientAgent client;
    private final int port;

    Load(HttpVersion version, int port) {
      this.port = port;
      this.client =
          vertx
              .httpClientBuilder()
              .with(
                  new HttpClientOptions()
                      .setSsl(true)
                      .setUseAlpn(true)
                      .setProtocolVersion(version)
                      .setTrustOptions(
                          new PemTrustOptions().addCertPath(certificate.certificate().toString())))
              .with(new PoolOptions().setHttp1MaxSize(CLIENTS).setHttp2MaxSize(2))
              .withConnectHandler(
                  connection -> {
                    if (version == HttpVersion.HTTP_2) {
                      connection.goAwayHandler(told -> toldToLeave.add(connection));
                    }
                  })
              .build();
    }

    Future<HttpClientResponse> get(String path) {
      return client
          .request(HttpMethod.GET, port, "localhost", path)
          .compose(request -> request.send());
    }

    /** Completes when the client was told. */
    Future<Void> client(String path) {
      Promise<Void> told = Promise.promise();
      next(path, told);
      return told.future();
    }

    private void next(String path, Promise<Void> told) {
      client
          .request(HttpMethod.GET, port, "localhost", path)
          .onFailure(told::fail)
          .onSuccess(
              request ->
                  request
                      .send()
                      .compose(response -> response.body().map(response))
                      .onFailure(
                          failure -> {
                            failures.add(failure);
                            told.complete();
                          })
                      .onSuccess(
                          response -> {
                            if (answered.incrementAndGet() == WARM) {
                              warm.complete();
                            }
                            if (response.statusCode() != 200) {
                              failures.add(new AssertionError(response.statusCode()));
                            }
                            if ("close".equals(response.getHeader("connection"))
                                || toldToLeave.contains(request.connection())) {
                              told.complete();
                            } else {
                              next(path, told);
                            }
                          }));
    }
  }
}
