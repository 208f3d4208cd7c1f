package dev.starling.cluster.telemetry;

import dev.starling.bus.TraceContext;
import dev.starling.cluster.config.OtelConfig;
import dev.starling.sdk.Span;
import dev.starling.sdk.Spans;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends finished spans to a collector, some at a time, from a thread of its own.
 *
 * <p>Thread-safe. {@link #finished} puts a span in a bounded queue, or drops and counts it; nothing
 * is made of it before the sending thread has it. {@link #close} sends what waits, for a few
 * seconds at most.
 */
public final class SpanExport implements Spans, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpanExport.class);

  /**
   * The exporter's own words about a collector that is away; ours are said once. Kept, since an
   * unreferenced logger forgets its level.
   */
  private static final java.util.logging.Logger EXPORTER =
      java.util.logging.Logger.getLogger("io.opentelemetry.exporter");

  private static final int MOST_AT_ONCE = 512;

  /** What belongs to one request mostly ends within this, and goes together. */
  private static final long GATHER_MILLIS = 200;

  private static final Duration SEND = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(3);

  private final BlockingQueue<Span> queue;
  private final SpanExporter exporter;
  private final Resource resource;
  private final double sampleRate;
  private final Counter exported;
  private final Counter dropped;
  private final Counter failed;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread sender = new Thread(this::send, "starling-spans");
  private boolean away;

  private SpanExport(
      OtelConfig config, SpanExporter exporter, Resource resource, MeterRegistry meters) {
    this.queue = new ArrayBlockingQueue<>(config.maxQueue());
    this.exporter = exporter;
    this.resource = resource;
    this.sampleRate = config.sampleRate();
    this.exported = counter(meters, "exported");
    this.dropped = counter(meters, "dropped");
    this.failed = counter(meters, "failed");
    Gauge.builder("otel.spans.waiting", queue, BlockingQueue::size)
        .description("Spans that wait to be sent")
        .register(meters);
  }

  /**
   * Begins to send.
   *
   * @param config that has an endpoint
   * @param nodeId tells this node from others
   */
  public static SpanExport start(
      OtelConfig config, String nodeId, String version, MeterRegistry meters) {
    EXPORTER.setLevel(Level.OFF);
    SpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(config.tracesUrl())
            .setTimeout(SEND)
            // Spans that could not be sent are counted; to try again holds up those behind them.
            .setRetryPolicy(null)
            .setMeterProvider(MeterProvider.noop())
            .build();
    SpanExport started =
        new SpanExport(config, exporter, OtelSpan.resource(nodeId, version), meters);
    started.sender.setDaemon(true);
    started.sender.start();
    return started;
  }

  @Override
  public double sampleRate() {
    return sampleRate;
  }

  @Override
  public boolean records(TraceContext trace) {
    return trace.sampled();
  }

  @Override
  public void finished(Span span) {
    if (closing.getCount() == 0 || !queue.offer(span)) {
      dropped.increment();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      sender.join(CLOSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    dropped.increment(queue.drainTo(new ArrayList<>()));
    exporter.shutdown();
  }

  private void send() {
    List<Span> batch = new ArrayList<>(MOST_AT_ONCE);
    try {
      while (closing.getCount() > 0 || !queue.isEmpty()) {
        Span first = queue.poll(GATHER_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          if (queue.size() < MOST_AT_ONCE) {
            // True at once when the node stops, which is no reason to do anything else.
            boolean unused = closing.await(GATHER_MILLIS, TimeUnit.MILLISECONDS);
          }
          queue.drainTo(batch, MOST_AT_ONCE - 1);
          send(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it but a JVM that ends.
    }
  }

  private void send(List<Span> batch) {
    Instant wall = Instant.now();
    long offset =
        TimeUnit.SECONDS.toNanos(wall.getEpochSecond()) + wall.getNano() - System.nanoTime();
    boolean sent;
    try {
      List<SpanData> data = new ArrayList<>(batch.size());
      batch.forEach(span -> data.add(new OtelSpan(span, resource, offset)));
      CompletableResultCode result = exporter.export(data);
      sent = result.join(SEND.toMillis() + 1_000, TimeUnit.MILLISECONDS).isSuccess();
    } catch (RuntimeException e) {
      log.warn("Spans could not be sent", e);
      sent = false;
    }
    (sent ? exported : failed).increment(batch.size());
    if (sent == away) {
      away = !sent;
      if (away) {
        log.warn("The collector of otel.endpoint takes no spans: they are lost until it does");
      } else {
        log.info("The collector of otel.endpoint takes spans again");
      }
    }
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("otel.spans")
        .description("Spans of sampled traces, by what became of them")
        .tag("outcome", outcome)
        .register(meters);
  }
}
