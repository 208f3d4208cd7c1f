package dev.starling.bench.inference;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * all-MiniLM-L6-v2 in a loop around ONNX Runtime, with no server: what one is measured by. A text
 * becomes tokens, one run, and a vector of length 1. Its session has one thread inside, so it runs
 * on those who call it; they share it, which is the fastest here since they share the weights.
 *
 * <p>Thread-safe.
 */
final class BareModel implements AutoCloseable {
  private static final int MAX_TOKENS = 256;
  private static final long LONGEST_MICROS = 60_000_000;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final HuggingFaceTokenizer tokenizer;

  /** What is done in a round. */
  enum Work {
    /** From a text to its vector. */
    TEXT,
    /** The run alone, on tokens that were made before. */
    RUN
  }

  /** A text as the session takes it. */
  private record Feeds(OnnxTensor ids, OnnxTensor mask, OnnxTensor types) implements AutoCloseable {
    Map<String, OnnxTensor> named() {
      return Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types);
    }

    @Override
    public void close() {
      ids.close();
      mask.close();
      types.close();
    }
  }

  /**
   * @param directory with {@code model.onnx} and {@code tokenizer.json}
   */
  BareModel(Path directory) throws IOException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      session = environment.createSession(directory.resolve("model.onnx").toString(), options);
    } catch (OrtException e) {
      throw new IOException(e);
    }
    String most = Integer.toString(MAX_TOKENS);
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            directory.resolve("tokenizer.json"),
            Map.of("truncation", "true", "maxLength", most, "modelMaxLength", most));
  }

  String version() {
    return "ONNX Runtime " + environment.getVersion();
  }

  /**
   * Makes sure that each text is of so many tokens, since that is what figures are said to be of.
   */
  void check(List<String> texts, int tokens) {
    for (String text : texts) {
      int length = tokenizer.encode(text).getIds().length;
      if (length != tokens) {
        throw new IllegalStateException(
            "%d tokens (expected: %d): %s".formatted(length, tokens, text));
      }
    }
  }

  /** Calls from so many threads, of which each begins with the next when it has the answer. */
  Load run(List<String> texts, Work work, int threads, int seconds) {
    List<Feeds> feeds =
        work == Work.RUN ? texts.stream().map(text -> feeds(text)).toList() : List.of();
    Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);
    AtomicInteger next = new AtomicInteger();
    long began = System.nanoTime();
    long end = began + TimeUnit.SECONDS.toNanos(seconds);
    Runnable calls =
        () -> {
          long before = System.nanoTime();
          while (before - end < 0) {
            int at = Math.floorMod(next.getAndIncrement(), texts.size());
            if (work == Work.RUN) {
              runAlone(feeds.get(at));
            } else {
              embed(texts.get(at));
            }
            long after = System.nanoTime();
            micros.recordValue((after - before) / 1_000);
            before = after;
          }
        };
    try {
      runOn(threads, calls);
      return Load.of(micros, (System.nanoTime() - began) / 1e9, 0);
    } finally {
      feeds.forEach(Feeds::close);
    }
  }

  /**
   * What a text costs of a run, in the median and in microseconds, when so many are run together on
   * one thread.
   *
   * @param texts that many at least, of as many tokens each
   */
  double microsOfText(List<String> texts, int together, int seconds) {
    List<Encoding> encodings =
        texts.subList(0, together).stream().map(text -> tokenizer.encode(text)).toList();
    Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    try (Feeds feeds =
        new Feeds(
            tensor(encodings, Encoding::getIds),
            tensor(encodings, Encoding::getAttentionMask),
            tensor(encodings, Encoding::getTypeIds))) {
      long before = System.nanoTime();
      long end = before + TimeUnit.SECONDS.toNanos(seconds);
      while (before - end < 0) {
        runAlone(feeds);
        long after = System.nanoTime();
        nanos.recordValue(after - before);
        before = after;
      }
    }
    return nanos.getValueAtPercentile(50) / 1e3 / together;
  }

  private OnnxTensor tensor(List<Encoding> encodings, Function<Encoding, long[]> part) {
    long[] values = encodings.stream().map(part).flatMapToLong(Arrays::stream).toArray();
    return tensor(values, encodings.size());
  }

  /** The vector of a text, of length 1. */
  float[] embed(String text) {
    try (Feeds feeds = feeds(text);
        OrtSession.Result result = session.run(feeds.named())) {
      OnnxTensor states = (OnnxTensor) result.get(0);
      return pooled(states.getFloatBuffer(), (int) states.getInfo().getShape()[2]);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private void runAlone(Feeds feeds) {
    try (OrtSession.Result result = session.run(feeds.named())) {
      if (result.size() == 0) {
        throw new IllegalStateException("outputs: none (expected: one)");
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private Feeds feeds(String text) {
    Encoding encoding = tokenizer.encode(text);
    return new Feeds(
        tensor(encoding.getIds(), 1),
        tensor(encoding.getAttentionMask(), 1),
        tensor(encoding.getTypeIds(), 1));
  }

  private OnnxTensor tensor(long[] values, int rows) {
    try {
      return OnnxTensor.createTensor(
          environment, LongBuffer.wrap(values), new long[] {rows, values.length / rows});
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The mean over the tokens is left undivided, since the length is made 1 anyway. */
  private static float[] pooled(FloatBuffer states, int dimension) {
    float[] sum = new float[dimension];
    while (states.hasRemaining()) {
      for (int i = 0; i < dimension; i++) {
        sum[i] += states.get();
      }
    }
    double squares = 0;
    for (float value : sum) {
      squares += (double) value * value;
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < dimension; i++) {
      sum[i] *= scale;
    }
    return sum;
  }

  private static void runOn(int threads, Runnable calls) {
    Thread[] callers = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      callers[i] = new Thread(calls, "bare-" + i);
      callers[i].start();
    }
    try {
      for (Thread caller : callers) {
        caller.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
