package dev.starling.inference.engine;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span.Kind;
import java.util.List;
import java.util.Map;

/**
 * The span of one batch, and within it one for each run of the graph: several when it failed and
 * its requests were run again one by one. Confined to the worker that runs it.
 */
final class BatchSpan {
  private final ModelSpans spans;
  private final TraceContext own;
  private final long parent;
  private final List<TraceContext> members;
  private final int parts;
  private final int rows;
  private final long startNanos;
  private long padding;
  private boolean failed;

  /**
   * @param members the spans of its requests that are recorded
   * @param parts how many requests, or parts of such, have rows in it, recorded or not
   */
  BatchSpan(
      ModelSpans spans,
      TraceContext own,
      long parent,
      List<TraceContext> members,
      int parts,
      int rows,
      long startNanos) {
    this.spans = spans;
    this.own = own;
    this.parent = parent;
    this.members = members;
    this.parts = parts;
    this.rows = rows;
    this.startNanos = startNanos;
  }

  /** The graph has run, well or not. */
  void ran(int runRows, long runStartNanos, int runPadding, boolean well) {
    padding += runPadding;
    failed |= !well;
    spans.finished(
        ModelSpans.child(own),
        own.span(),
        "model",
        Kind.INTERNAL,
        runStartNanos,
        Map.of("starling.batch.rows", (long) runRows),
        List.of(),
        well ? null : "the run failed");
  }

  void ended() {
    spans.finished(
        own,
        parent,
        "batch",
        Kind.INTERNAL,
        startNanos,
        Map.of(
            "starling.batch.rows",
            (long) rows,
            "starling.batch.parts",
            (long) parts,
            "starling.batch.padded_tokens",
            padding),
        members,
        failed ? "a run failed" : null);
  }
}
