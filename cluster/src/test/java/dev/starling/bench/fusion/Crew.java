package dev.starling.bench.fusion;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does things that block, some at the same time. Used from one thread. */
final class Crew implements AutoCloseable {
  private final ExecutorService threads;

  Crew(int size) {
    threads = Executors.newFixedThreadPool(size);
  }

  /** Does all of them, and returns when they are done, their results in their order. */
  <T> List<T> all(List<Callable<T>> work) {
    List<T> results = new ArrayList<>();
    try {
      for (Future<T> each : threads.invokeAll(work)) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
