package dev.starling.cluster.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TraceContext;
import dev.starling.cluster.config.OtelConfig;
import dev.starling.sdk.Span;
import dev.starling.sdk.Span.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpanExportTest {
  private static final TraceContext TRACE =
      new TraceContext(0x0af7651916cd43ddL, 0x8448eb211c80319cL, 0xb7ad6b7169203331L, (byte) 1, "");
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void finished_span_arrivesAsItIs() {
    try (OtlpReceiver collector = new OtlpReceiver(Future.succeededFuture())) {
      long now = System.nanoTime();
      Instant wall = Instant.now();
      SpanExport export = start(collector.endpoint(), 16);
      export.finished(
          new Span(
              TRACE,
              5,
              "batch",
              Kind.CONSUMER,
              now - 2_000_000,
              now,
              Map.of("text", "a", "count", 7L, "share", 0.25, "padded", true),
              List.of(new TraceContext(1, 2, 3, (byte) 1, "")),
              "it failed"));
      export.close();

      ReceivedSpan span = collector.spans.get(0);
      assertThat(collector.spans).hasSize(1);
      assertThat(span.trace()).isEqualTo(TRACE_ID);
      assertThat(span.id()).isEqualTo("b7ad6b7169203331");
      assertThat(span.parent()).isEqualTo("0000000000000005");
      assertThat(span.name()).isEqualTo("batch");
      assertThat(span.kind()).isEqualTo(ReceivedSpan.CONSUMER);
      assertThat(span.endNanos() - span.startNanos()).isEqualTo(2_000_000);
      assertThat(Duration.ofNanos(span.endNanos()))
          .isBetween(
              Duration.ofMillis(wall.toEpochMilli() - 2_000),
              Duration.ofMillis(wall.toEpochMilli() + 2_000));
      assertThat(span.attributes())
          .isEqualTo(Map.of("text", "a", "count", 7L, "share", 0.25, "padded", true));
      assertThat(span.links()).containsExactly("00000000000000010000000000000002-0000000000000003");
      assertThat(span.failed()).isTrue();
      assertThat(span.resource())
          .containsEntry("service.name", "starling")
          .containsEntry("service.instance.id", "n-1")
          .containsEntry("service.version", "1.2");
      assertThat(count("exported")).isEqualTo(1);
    }
  }

  @Test
  void finished_collectorIsSlow_neitherWaitsNorKeepsMoreThanTheBound() {
    Promise<Void> release = Promise.promise();
    try (OtlpReceiver collector = new OtlpReceiver(release.future())) {
      SpanExport export = start(collector.endpoint(), 4);
      export.finished(span());
      collector.await(1);

      for (int i = 0; i < 10; i++) {
        export.finished(span());
      }

      assertThat(count("dropped")).isEqualTo(6);
      assertThat(meters.get("otel.spans.waiting").gauge().value()).isEqualTo(4);
      release.complete();
      export.close();
      assertThat(collector.spans).as("what waited goes before it ends").hasSize(5);
      assertThat(count("exported")).isEqualTo(5);
      export.finished(span());
      assertThat(count("dropped")).isEqualTo(7);
    }
  }

  @Test
  void finished_collectorIsAway_isCountedAndTheNextAreTriedAgain() {
    OtlpReceiver gone = new OtlpReceiver(Future.succeededFuture());
    String endpoint = gone.endpoint();
    gone.close();
    SpanExport export = start(endpoint, 16);

    export.finished(span());
    OtlpReceiver.await(() -> count("failed") == 1, "counted as failed");
    export.finished(span());
    OtlpReceiver.await(() -> count("failed") == 2, "tried again");

    export.close();
    assertThat(count("exported")).isZero();
  }

  @Test
  void close_collectorThatNeverAnswers_endsWithinSeconds() {
    try (OtlpReceiver collector = new OtlpReceiver(Promise.<Void>promise().future())) {
      SpanExport export = start(collector.endpoint(), 16);
      export.finished(span());
      collector.await(1);
      export.finished(span());
      long began = System.nanoTime();

      export.close();

      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(10));
      assertThat(count("dropped")).isEqualTo(1);
    }
  }

  @Test
  void records_unsampledTrace_isLeftOut() {
    SpanExport export = start("http://127.0.0.1:9", 16);

    assertThat(export.records(TRACE)).isTrue();
    assertThat(export.records(new TraceContext(1, 2, 3, (byte) 0, ""))).isFalse();
    assertThat(export.sampleRate()).isEqualTo(0.5);
    export.close();
  }

  private SpanExport start(String endpoint, int maxQueue) {
    return SpanExport.start(new OtelConfig(endpoint, 0.5, maxQueue), "n-1", "1.2", meters);
  }

  private double count(String outcome) {
    return meters.get("otel.spans").tag("outcome", outcome).counter().count();
  }

  private static Span span() {
    return new Span(TRACE, 0, "edge", Kind.SERVER, 0, 1, Map.of(), List.of(), null);
  }
}
