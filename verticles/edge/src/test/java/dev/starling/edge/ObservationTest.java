package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TraceContext;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ObservationTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void record_requests_areCountedByRouteMethodAndStatus() {
    RequestMeters meters = new RequestMeters(registry, "http");
    Route route =
        RouteTable.of(List.of(RouteTableTest.service("s", "GET /a/{id}"))).routes().get(0);
    meters.record(Method.GET, route, 200, 7_000_000);
    meters.record(Method.GET, route, 200, 8_000_000);
    meters.record(Method.HEAD, route, 200, 1);
    meters.record(Method.GET, route, 503, 1);
    meters.record(null, null, 404, 1);
    meters.record(Method.POST, null, 0, 1);

    Timer timer = timer("GET", "/a/{id}", "200", "none");
    assertThat(timer.count()).isEqualTo(2);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(15);
    assertThat(
            Arrays.stream(timer.takeSnapshot().histogramCounts())
                .map(bucket -> bucket.bucket(TimeUnit.MILLISECONDS))
                .toList())
        .containsExactly(
            5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0,
            10_000.0);
    assertThat(timer("HEAD", "/a/{id}", "200", "none").count()).isEqualTo(1);
    assertThat(timer("GET", "/a/{id}", "503", "503").count()).isEqualTo(1);
    assertThat(timer("_OTHER", "none", "404", "none").count()).isEqualTo(1);
    assertThat(timer("POST", "none", "none", "client-closed").count()).isEqualTo(1);
  }

  @Test
  void record_newCatalog_goesOnWithTheSameMeters() {
    RequestMeters meters = new RequestMeters(registry, "https");
    for (int version = 1; version <= 3; version++) {
      meters.catalogIs(version);
      Route route = RouteTable.of(List.of(RouteTableTest.service("s", "GET /a"))).routes().get(0);
      meters.record(Method.GET, route, 200, 1);
    }

    assertThat(registry.get("http.server.request.duration").tag("url.scheme", "https").timer())
        .extracting(Timer::count)
        .isEqualTo(3L);
  }

  @Test
  void toJson_entry_isOneLineWithoutTheQuery() {
    String line = entry("/a?token=secret").toJson();

    assertThat(line)
        .isEqualTo(
            "{\"time\":\"2030-01-01T00:00:00Z\",\"request_id\":\"id\","
                + "\"trace_id\":\"00000000000000010000000000000002\",\"client\":\"10.0.0.1\","
                + "\"subject\":\"ada\",\"method\":\"GET\",\"path\":\"/a\",\"route\":\"/{x}\","
                + "\"http_version\":\"1.1\",\"status\":200,\"bytes\":18,\"duration_us\":1234}");
    assertThat(entry("/a\n\"b").toJson()).doesNotContain("\n").contains("/a\\n\\\"b");
  }

  @Test
  void offer_writerThatKeepsUp_writesEverything() throws InterruptedException {
    List<String> lines = new ArrayList<>();
    AccessLog log = new AccessLog(registry, 1000, lines::add);
    log.start();
    for (int i = 0; i < 500; i++) {
      log.offer(entry("/" + i));
    }
    log.close();

    assertThat(lines).hasSize(500);
    assertThat(lines.get(499)).contains("\"path\":\"/499\"");
    assertThat(registry.get("edge.access.log.dropped").counter().count()).isZero();
  }

  @Test
  void offer_writerThatIsStuck_dropsAndCountsAndNeverWaits() throws InterruptedException {
    CountDownLatch stuck = new CountDownLatch(1);
    AccessLog log =
        new AccessLog(
            registry,
            10,
            line -> {
              try {
                stuck.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < 25; i++) {
      log.offer(entry("/" + i));
    }

    assertThat(registry.get("edge.access.log.dropped").counter().count()).isEqualTo(15);
    log.start();
    stuck.countDown();
    log.close();
  }

  private Timer timer(String method, String route, String status, String error) {
    return registry
        .get("http.server.request.duration")
        .tag("http.request.method", method)
        .tag("http.route", route)
        .tag("http.response.status_code", status)
        .tag("error.type", error)
        .tag("url.scheme", "http")
        .timer();
  }

  private static AccessEntry entry(String target) {
    return new AccessEntry(
        1_893_456_000_000L,
        "id",
        new TraceContext(1, 2, 3, (byte) 0, ""),
        "10.0.0.1",
        "ada",
        "GET",
        target,
        "/{x}",
        "1.1",
        200,
        18,
        1_234_567);
  }
}
