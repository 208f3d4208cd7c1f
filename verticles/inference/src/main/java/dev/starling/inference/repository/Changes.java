package dev.starling.inference.repository;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.ModelContract.Changed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The changes that wait and are made: of one model one after the other, and no more waiting than a
 * bound. A change of a kind that already waits as the last of its model joins that one, since what
 * it will find is the same.
 *
 * <p>Thread-safe. Changes run on the executor; a future completes on the thread of whoever ends it.
 */
final class Changes {
  enum Kind {
    LOAD,
    UNLOAD
  }

  private record Change(Kind kind, Supplier<Future<Changed>> work, Promise<Changed> done) {}

  private final Executor executor;
  private final int bound;
  private final Map<String, Deque<Change>> waiting = new HashMap<>();
  private int count;

  Changes(Executor executor, int bound) {
    this.executor = executor;
    this.bound = bound;
  }

  /**
   * Makes a change when it is its turn.
   *
   * @param work gives a future that ends the turn; it may block
   */
  Future<Changed> submit(String model, Kind kind, Supplier<Future<Changed>> work) {
    Change change = new Change(kind, work, Promise.promise());
    boolean first;
    synchronized (this) {
      Deque<Change> ofModel = waiting.computeIfAbsent(model, none -> new ArrayDeque<>());
      // The first is under way and may have looked already.
      if (ofModel.size() > 1 && ofModel.getLast().kind() == kind) {
        return ofModel.getLast().done().future();
      }
      if (count == bound) {
        return Future.failedFuture(
            new BusException(
                ErrorCode.OVERLOADED,
                "changes of models that wait: " + count + " (expected: fewer)"));
      }
      count++;
      first = ofModel.isEmpty();
      ofModel.add(change);
    }
    if (first) {
      begin(model, change);
    }
    return change.done().future();
  }

  private void begin(String model, Change change) {
    try {
      executor.execute(() -> make(model, change));
    } catch (RejectedExecutionException closed) {
      end(model);
      change.done().fail(new BusException(ErrorCode.UNAVAILABLE, "the node is stopping"));
    }
  }

  private void make(String model, Change change) {
    Future<Changed> made;
    try {
      made = change.work().get();
    } catch (RuntimeException | Error bug) {
      made = Future.failedFuture(bug);
    }
    made.onComplete(
        result -> {
          end(model);
          if (result.succeeded()) {
            change.done().complete(result.result());
          } else {
            change.done().fail(result.cause());
          }
        });
  }

  private void end(String model) {
    Change next;
    synchronized (this) {
      Deque<Change> ofModel = waiting.getOrDefault(model, new ArrayDeque<>());
      ofModel.poll();
      count--;
      next = ofModel.peek();
      if (next == null) {
        waiting.remove(model);
      }
    }
    if (next != null) {
      begin(model, next);
    }
  }
}
