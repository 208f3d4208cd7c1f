package dev.starling.inference;

import ai.onnxruntime.OrtException;
import dev.starling.inference.pipeline.NativeTokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all-MiniLM-L6-v2 gives with ONNX Runtime alone, in texts per second: the mark for the
 * engine.
 *
 * <p>Arguments: how many seconds each measurement takes, how many threads call the session, which
 * has one inside, and how many texts a batch has.
 */
public final class BareLoop {
  private static final int SECONDS = 5;
  private static final int THREADS = 1;
  private static final int BATCH = 16;

  private static final List<String> TEXTS =
      List.of(
          "How do I get my money back?",
          "The parcel that I ordered last week has still not arrived.",
          "Which of these headphones keep out the noise of a train?",
          "I would like to change the address of my order.");

  private BareLoop() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = argument(arguments, 0, SECONDS);
    int threads = argument(arguments, 1, THREADS);
    int batch = argument(arguments, 2, BATCH);
    NativeTokenizers.keepIn(Path.of("target", "native"));
    try (PlainEmbeddings model = new PlainEmbeddings(1)) {
      measure(model, 1, threads, 1);
      print("one by one", threads, measure(model, seconds, threads, 1));
      print("batches of " + batch, threads, measure(model, seconds, threads, batch));
    }
  }

  /** Texts per second. */
  private static double measure(PlainEmbeddings model, int seconds, int threads, int batch)
      throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      texts.add(TEXTS.get(i % TEXTS.size()));
    }
    AtomicLong done = new AtomicLong();
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    Thread[] callers = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      callers[i] = new Thread(() -> call(model, texts, end, done));
      callers[i].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    return done.get() * 1e9 / (System.nanoTime() - begun);
  }

  private static void call(PlainEmbeddings model, List<String> texts, long end, AtomicLong done) {
    try {
      for (int i = 0; System.nanoTime() - end < 0; i++) {
        List<String> next = texts.size() > 1 ? texts : List.of(TEXTS.get(i % TEXTS.size()));
        done.addAndGet(model.embed(next).length);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void print(String what, int threads, double perSecond) {
    System.out.printf(Locale.ROOT, "%-16s %d thread(s)  %8.1f texts/s%n", what, threads, perSecond);
  }

  private static int argument(String[] arguments, int index, int otherwise) {
    return Arrays.stream(arguments).skip(index).findFirst().map(Integer::valueOf).orElse(otherwise);
  }
}
