package dev.starling.inference.engine;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The span of one request, from when it is put into the queue to its answer; linked with the
 * batches that it ran in, since only the first of a batch has it in its own trace. Thread-safe.
 */
final class RequestSpan {
  private static final double NANOS_PER_SECOND = 1e9;

  private final ModelSpans spans;
  private final TraceContext caller;
  private final TraceContext own;
  private final int rows;
  private final long startNanos;
  private final List<TraceContext> batches = new ArrayList<>(1);
  private long queueNanos = -1;
  private boolean ended;

  RequestSpan(ModelSpans spans, TraceContext caller, int rows, long startNanos) {
    this.spans = spans;
    this.caller = caller;
    this.own = ModelSpans.child(caller);
    this.rows = rows;
    this.startNanos = startNanos;
  }

  TraceContext context() {
    return own;
  }

  /** A batch with some of its rows is run from now on. */
  synchronized void runs(TraceContext batch, long nowNanos) {
    batches.add(batch);
    if (queueNanos < 0) {
      queueNanos = nowNanos - startNanos;
    }
  }

  /**
   * It has its answer; only the first time counts.
   *
   * @param failure the word for it; null when there is none
   */
  void ended(@Nullable String failure) {
    Map<String, Object> attributes = new HashMap<>();
    List<TraceContext> links;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      attributes.put("starling.inference.rows", (long) rows);
      if (queueNanos >= 0) {
        attributes.put("starling.inference.queue_seconds", queueNanos / NANOS_PER_SECOND);
      }
      links = List.copyOf(batches);
    }
    spans.finished(
        own, caller.span(), "inference", Kind.CONSUMER, startNanos, attributes, links, failure);
  }
}
