package dev.starling.cluster.telemetry;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/** A span in the words of OpenTelemetry's SDK. Immutable. */
final class OtelSpan implements SpanData {
  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("dev.starling");

  private final Span span;
  private final Resource resource;
  private final long offsetNanos;
  private final SpanContext context;
  private final SpanContext parent;
  private final Attributes attributes;
  private final List<LinkData> links;

  /**
   * @param offsetNanos what the time of day is ahead of {@link System#nanoTime()}
   */
  OtelSpan(Span span, Resource resource, long offsetNanos) {
    this.span = span;
    this.resource = resource;
    this.offsetNanos = offsetNanos;
    this.context = context(span.context());
    this.parent =
        span.parent() == 0
            ? SpanContext.getInvalid()
            : context(span.context(), SpanId.fromLong(span.parent()));
    this.attributes = attributes(span);
    this.links = span.links().stream().map(link -> LinkData.create(context(link))).toList();
  }

  /** Who has made the spans of a node. */
  static Resource resource(String nodeId, String version) {
    return Resource.create(
        Attributes.builder()
            .put("service.name", "starling")
            .put("service.instance.id", nodeId)
            .put("service.version", version)
            .build());
  }

  private static SpanContext context(TraceContext trace) {
    return context(trace, SpanId.fromLong(trace.span()));
  }

  /** The state of a trace is left out: it is passed on unread. */
  private static SpanContext context(TraceContext trace, String spanId) {
    return SpanContext.create(
        TraceId.fromLongs(trace.traceHigh(), trace.traceLow()),
        spanId,
        trace.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }

  private static Attributes attributes(Span span) {
    AttributesBuilder attributes = Attributes.builder();
    span.attributes()
        .forEach(
            (key, value) -> {
              if (value instanceof String text) {
                attributes.put(key, text);
              } else if (value instanceof Long whole) {
                attributes.put(key, whole);
              } else if (value instanceof Double real) {
                attributes.put(key, real);
              } else if (value instanceof Boolean truth) {
                attributes.put(key, truth);
              }
            });
    return attributes.build();
  }

  @Override
  public String getName() {
    return span.name();
  }

  @Override
  public SpanKind getKind() {
    return switch (span.kind()) {
      case INTERNAL -> SpanKind.INTERNAL;
      case SERVER -> SpanKind.SERVER;
      case CONSUMER -> SpanKind.CONSUMER;
    };
  }

  @Override
  public SpanContext getSpanContext() {
    return context;
  }

  @Override
  public SpanContext getParentSpanContext() {
    return parent;
  }

  @Override
  public StatusData getStatus() {
    return span.failure() == null
        ? StatusData.unset()
        : StatusData.create(StatusData.error().getStatusCode(), span.failure());
  }

  @Override
  public long getStartEpochNanos() {
    return span.startNanos() + offsetNanos;
  }

  @Override
  public long getEndEpochNanos() {
    return span.endNanos() + offsetNanos;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public List<EventData> getEvents() {
    return List.of();
  }

  @Override
  public List<LinkData> getLinks() {
    return links;
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return 0;
  }

  @Override
  public int getTotalRecordedLinks() {
    return links.size();
  }

  @Override
  public int getTotalAttributeCount() {
    return attributes.size();
  }

  @Override
  @SuppressWarnings("deprecation") // the interface has it, for those who read it under its old name
  public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(SCOPE.getName(), null);
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return SCOPE;
  }

  @Override
  public Resource getResource() {
    return resource;
  }
}
