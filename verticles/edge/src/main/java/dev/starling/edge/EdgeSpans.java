package dev.starling.edge;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span;
import dev.starling.sdk.Span.Kind;
import dev.starling.sdk.Spans;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records the edge's part of sampled traces: a span for each request, from its head to the end of
 * its answer, stream or page. Confined to its event loop.
 */
final class EdgeSpans {
  private static final int SERVER_ERROR = 500;

  private final Spans spans;

  EdgeSpans(Spans spans) {
    this.spans = spans;
  }

  /**
   * A request is over.
   *
   * @param status zero when its client left before the answer
   */
  void ended(Exchange exchange, int status, long nowNanos) {
    TraceContext trace = exchange.trace();
    if (!spans.records(trace)) {
      return;
    }
    Map<String, Object> attributes = new HashMap<>();
    Method method = exchange.method();
    attributes.put("http.request.method", method == null ? "_OTHER" : method.name());
    Route route = exchange.routeOrNull();
    if (route != null) {
      attributes.put("http.route", route.operation().path());
      attributes.put("starling.operation", route.operation().id());
    }
    if (status == 0) {
      attributes.put("starling.client_left", true);
    } else {
      attributes.put("http.response.status_code", (long) status);
    }
    spans.finished(
        new Span(
            trace,
            parent(exchange),
            "edge",
            Kind.SERVER,
            exchange.startNanos(),
            nowNanos,
            attributes,
            List.of(),
            status >= SERVER_ERROR ? "status " + status : null));
  }

  /** Read again, so that requests which are not sampled need not keep it. */
  private static long parent(Exchange exchange) {
    @Nullable String header = exchange.header(Names.TRACEPARENT);
    TraceContext caller = header == null ? null : TraceContext.parse(header, null);
    return caller == null ? 0 : caller.span();
  }
}
