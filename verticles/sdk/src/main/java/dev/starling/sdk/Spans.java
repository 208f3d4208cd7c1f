package dev.starling.sdk;

import dev.starling.bus.TraceContext;

/**
 * Takes the spans of sampled traces, for whoever looks at traces. The node provides one if it is
 * configured to; otherwise nothing is recorded, and asking costs a look at a flag.
 *
 * <p>Thread-safe; never blocks and never throws. What is too much is dropped.
 */
public interface Spans {
  /** Takes none. */
  Spans NONE =
      new Spans() {
        @Override
        public double sampleRate() {
          return 0;
        }

        @Override
        public boolean records(TraceContext trace) {
          return false;
        }

        @Override
        public void finished(Span span) {}
      };

  /** Those of a node. */
  static Spans of(NodeScope node) {
    return node.find(Spans.class).orElse(NONE);
  }

  /** The part of the traces that begin on this node which is sampled, 0..1. */
  double sampleRate();

  /** Whether spans of this trace are taken; ask before making one. */
  boolean records(TraceContext trace);

  void finished(Span span);
}
