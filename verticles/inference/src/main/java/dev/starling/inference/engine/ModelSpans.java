package dev.starling.inference.engine;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span;
import dev.starling.sdk.Span.Kind;
import dev.starling.sdk.Spans;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What traces show of one version of a model: a span for each request, for each batch and for each
 * run. Thread-safe. For requests whose traces nobody records it makes nothing.
 */
final class ModelSpans {
  private final Spans spans;
  private final String model;
  private final String version;
  private final LongSupplier nanoTime;

  ModelSpans(Spans spans, String model, String version, LongSupplier nanoTime) {
    this.spans = spans;
    this.model = model;
    this.version = version;
    this.nanoTime = nanoTime;
  }

  /**
   * A request has come.
   *
   * @param caller the span of whoever asks
   */
  @Nullable RequestSpan request(TraceContext caller, int rows, long nowNanos) {
    return spans.records(caller) ? new RequestSpan(this, caller, rows, nowNanos) : null;
  }

  /**
   * These are run together from now on. A batch is shown in the trace of the first of its requests
   * that is recorded, and linked with all of them.
   */
  @Nullable BatchSpan batch(List<Part> parts, long nowNanos) {
    RequestSpan first = null;
    for (Part part : parts) {
      if (part.span() != null) {
        first = part.span();
        break;
      }
    }
    if (first == null) {
      return null;
    }
    TraceContext own = child(first.context());
    List<TraceContext> members = new ArrayList<>();
    int rows = 0;
    for (Part part : parts) {
      rows += part.rows();
      RequestSpan request = part.span();
      if (request != null) {
        request.runs(own, nowNanos);
        if (!members.contains(request.context())) {
          members.add(request.context());
        }
      }
    }
    return new BatchSpan(this, own, first.context().span(), members, parts.size(), rows, nowNanos);
  }

  static TraceContext child(TraceContext parent) {
    return parent.child(ThreadLocalRandom.current());
  }

  long now() {
    return nanoTime.getAsLong();
  }

  void finished(
      TraceContext context,
      long parent,
      String name,
      Kind kind,
      long startNanos,
      Map<String, Object> attributes,
      List<TraceContext> links,
      @Nullable String failure) {
    Map<String, Object> all = new HashMap<>(attributes);
    all.put("starling.model", model);
    all.put("starling.model.version", version);
    spans.finished(new Span(context, parent, name, kind, startNanos, now(), all, links, failure));
  }
}
