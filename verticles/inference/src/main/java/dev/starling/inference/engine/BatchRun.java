package dev.starling.inference.engine;

import dev.starling.contract.inference.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a batch and gives each part its rows of the outputs. Thread-safe; it never throws.
 *
 * <p>When a batch fails its parts are run again one by one, so that only the guilty one fails.
 */
final class BatchRun {
  private static final Logger log = LoggerFactory.getLogger(BatchRun.class);

  private final LongSupplier nanoTime;
  private final ModelMeters meters;
  private final ModelSpans spans;

  BatchRun(LongSupplier nanoTime, ModelMeters meters, ModelSpans spans) {
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.spans = spans;
  }

  void run(Graph graph, List<Part> batch) {
    long begun = nanoTime.getAsLong();
    for (Part part : batch) {
      meters.queued(begun - part.arrivalNanos());
    }
    BatchSpan span = spans.batch(batch, begun);
    attempt(graph, batch, span);
    if (span != null) {
      span.ended();
    }
  }

  private void attempt(Graph graph, List<Part> batch, @Nullable BatchSpan span) {
    List<List<Tensor>> outputs;
    try {
      outputs = outputs(graph, batch, span);
    } catch (RunException e) {
      failed(graph, batch, span, String.valueOf(e.getMessage()));
      return;
    } catch (Throwable e) {
      // Not even an OutOfMemoryError may end a worker, or leave a caller without an answer.
      log.error("a run of {} requests failed", batch.size(), e);
      failed(graph, batch, span, e.toString());
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      batch.get(i).complete(outputs.get(i));
    }
  }

  private List<List<Tensor>> outputs(Graph graph, List<Part> batch, @Nullable BatchSpan span)
      throws RunException {
    List<Rows> content = batch.stream().map(Part::content).toList();
    int rows = content.stream().mapToInt(Rows::count).sum();
    List<Tensor> outputs = compute(graph, content, rows, span);
    if (content.get(0).whole()) {
      return List.of(outputs);
    }
    for (Tensor output : outputs) {
      if (Tensors.rows(output) != rows) {
        throw new RunException(
            "output %s: shape %s (expected: %d rows)"
                .formatted(output.name(), output.shape(), rows));
      }
    }
    return content.size() == 1 ? List.of(outputs) : split(content, outputs);
  }

  private List<Tensor> compute(Graph graph, List<Rows> content, int rows, @Nullable BatchSpan span)
      throws RunException {
    long begun = nanoTime.getAsLong();
    boolean done = false;
    try {
      List<Tensor> outputs = graph.run(content);
      meters.ran(rows, nanoTime.getAsLong() - begun);
      done = true;
      return outputs;
    } finally {
      if (span != null) {
        span.ran(rows, begun, graph.padding(), done);
      }
    }
  }

  private static List<List<Tensor>> split(List<Rows> content, List<Tensor> outputs) {
    List<List<Tensor>> parts = new ArrayList<>(content.size());
    List<Tensors.Slices> slices = outputs.stream().map(Tensors.Slices::new).toList();
    for (Rows rows : content) {
      List<Tensor> part = new ArrayList<>(outputs.size());
      for (Tensors.Slices slice : slices) {
        part.add(slice.next(rows.count()));
      }
      parts.add(part);
    }
    return parts;
  }

  private void failed(Graph graph, List<Part> batch, @Nullable BatchSpan span, String reason) {
    if (batch.size() == 1) {
      meters.failed();
      log.debug("a run failed: {}", reason);
      batch.get(0).fail(reason);
      return;
    }
    for (Part part : batch) {
      if (part.deadlineNanos() - nanoTime.getAsLong() <= 0) {
        meters.expired(1);
        part.expire();
      } else {
        attempt(graph, List.of(part), span);
      }
    }
  }
}
