package dev.starling.inference.engine;

import dev.starling.bus.TraceContext;
import dev.starling.sdk.Span;
import dev.starling.sdk.Spans;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps the spans of sampled traces. */
final class RecordedSpans implements Spans {
  final List<Span> finished = new CopyOnWriteArrayList<>();

  @Override
  public double sampleRate() {
    return 0;
  }

  @Override
  public boolean records(TraceContext trace) {
    return trace.sampled();
  }

  @Override
  public void finished(Span span) {
    finished.add(span);
  }

  List<Span> named(String name) {
    return finished.stream().filter(span -> span.name().equals(name)).toList();
  }
}
