package dev.starling.bench.inference;

import dev.starling.load.LeanClient;
import dev.starling.load.OpenLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Requests in rotation to one server, at moments that are given, or by a crowd of clients of which
 * each sends its next request when it has the answer. Confined to its {@link OpenLoop}.
 */
final class ModelCalls implements OpenLoop.Calls {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MAX_WAITING = 30_000;
  private static final long LONGEST_MICROS = 60_000_000;

  private final LeanClient client;
  private final List<Buffer> requests;
  private final long patienceNanos;
  private final Histogram lateness = new Histogram(LONGEST_MICROS, 3);
  private Outcomes outcomes;
  private int next;
  private int crowd;
  private boolean isLeaving;

  private ModelCalls(Vertx vertx, int port, Requests requests, int connections, Duration patience) {
    this.client = new LeanClient(vertx, "127.0.0.1", port, connections, MAX_WAITING);
    this.requests = requests.all();
    this.patienceNanos = patience.toNanos();
    this.outcomes = new Outcomes(patienceNanos);
  }

  static OpenLoop<ModelCalls> against(int port, Requests requests, int connections) {
    return against(port, requests, connections, PATIENCE);
  }

  /**
   * @param connections that are open at once; a call that gets none in time is given up
   * @param patience how long a client waits for its answer before it closes its connection
   */
  static OpenLoop<ModelCalls> against(
      int port, Requests requests, int connections, Duration patience) {
    return new OpenLoop<>(vertx -> new ModelCalls(vertx, port, requests, connections, patience));
  }

  /** Lets so many clients come. */
  boolean come(int clients) {
    isLeaving = false;
    for (int i = 0; i < clients; i++) {
      crowd++;
      again();
    }
    return true;
  }

  /** Lets them leave, each when it has its answer. */
  boolean leave() {
    isLeaving = true;
    return true;
  }

  boolean isEmpty() {
    return crowd == 0;
  }

  /** What became of the calls that ended since this was asked the last time. */
  Outcomes take() {
    return take(patienceNanos);
  }

  /**
   * Likewise.
   *
   * @param deadlineNanos of those that end from now on, to be good
   */
  Outcomes take(long deadlineNanos) {
    Outcomes taken = outcomes;
    outcomes = new Outcomes(deadlineNanos);
    return taken;
  }

  /** How late calls were begun, in microseconds, since this was asked the last time. */
  Histogram takeLateness() {
    Histogram taken = lateness.copy();
    lateness.reset();
    return taken;
  }

  @Override
  public Future<?> next(long dueNanos) {
    lateness.recordValue(
        Math.max(0, Math.min(LONGEST_MICROS, (System.nanoTime() - dueNanos) / 1_000)));
    Buffer request = requests.get(next);
    next = (next + 1) % requests.size();
    Outcomes into = outcomes;
    into.offer();
    Promise<Void> ended = Promise.promise();
    client.call(
        request,
        dueNanos + patienceNanos,
        status -> {
          into.end(status, System.nanoTime() - dueNanos);
          ended.complete();
        });
    return ended.future();
  }

  @Override
  public void close() {
    client.close();
  }

  private void again() {
    if (isLeaving) {
      crowd--;
    } else {
      next(System.nanoTime()).onComplete(done -> again());
    }
  }
}
