package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.User;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.parsetools.RecordParser;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One bulk request, whose lines are written for as long as there is time and room, a block in each
 * turn of the event loop: so answers are read in between, and a block never begins within the
 * writing of another. Confined to its event loop.
 *
 * <p>It is some lines ahead of the answers and no more: what lies in the sockets' buffers, which
 * hold many thousands, would be placed long after the time is over.
 */
final class Import {
  private static final int LINES_PER_WRITE = 64;

  /** Some times of what a node has under way for a request. */
  private static final int LINES_AHEAD = 1_024;

  private static final String PLACED = "\"status\":201,";

  private final Context context;
  private final Promise<Outcome> ended = Promise.promise();
  private final Random random;
  private final String run;
  private final int skus;
  private final long endNanos;
  private @Nullable HttpClientRequest request;
  private boolean isScheduled;
  private boolean isWritten;
  private long sent;
  private long answered;
  private long placed;
  private String other = "";

  private Import(Context context, User user, int skus, long endNanos) {
    this.context = context;
    this.random = new Random(user.id().hashCode());
    this.run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    this.skus = skus;
    this.endNanos = endNanos;
  }

  /**
   * What became of the lines.
   *
   * @param other the first answer that is none of an order placed; empty for none
   */
  record Outcome(long sent, long placed, String other) {}

  /** Imports until that moment on {@link System#nanoTime()}, and waits for the last answers. */
  static Future<Outcome> start(
      Vertx vertx, HttpClientAgent client, LabNode node, User user, int skus, long endNanos) {
    Context context = vertx.getOrCreateContext();
    Import started = new Import(context, user, skus, endNanos);
    context.runOnContext(
        now ->
            client
                .request(HttpMethod.POST, node.httpPort(), node.host(), "/v1/orders:batch")
                .onFailure(started.ended::tryFail)
                .onSuccess(request -> started.open(request, user)));
    return started.ended.future();
  }

  private void open(HttpClientRequest opened, User user) {
    request = opened;
    opened
        .putHeader("content-type", "application/x-ndjson")
        .putHeader("authorization", "Bearer " + user.token())
        .setChunked(true)
        .exceptionHandler(ended::tryFail)
        .drainHandler(drained -> schedule());
    opened.response().onFailure(ended::tryFail).onSuccess(this::responded);
    schedule();
  }

  private void responded(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      ended.tryFail(
          new IllegalStateException("/v1/orders:batch: " + response.statusCode() + ", not 200"));
      return;
    }
    response
        .handler(RecordParser.newDelimited("\n", this::count))
        .exceptionHandler(ended::tryFail)
        .endHandler(done -> ended.tryComplete(new Outcome(sent, placed, other)));
  }

  private void schedule() {
    if (!isScheduled && !isWritten) {
      isScheduled = true;
      context.runOnContext(turn -> write());
    }
  }

  private void write() {
    isScheduled = false;
    HttpClientRequest open = request;
    if (open == null || isWritten || ended.future().isComplete()) {
      return;
    }
    if (System.nanoTime() - endNanos >= 0) {
      isWritten = true;
      open.end();
      return;
    }
    if (sent - answered < LINES_AHEAD && !open.writeQueueFull()) {
      open.write(block());
      schedule();
    }
  }

  private String block() {
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < LINES_PER_WRITE; i++) {
      block
          .append("{\"idempotency_key\":\"")
          .append(run)
          .append('-')
          .append(sent++)
          .append("\",\"lines\":[{\"sku\":\"B")
          .append(random.nextInt(skus))
          .append("\",\"quantity\":1}]}\n");
    }
    return block.toString();
  }

  private void count(Buffer line) {
    // Heartbeats are empty lines.
    if (line.length() == 0) {
      return;
    }
    answered++;
    String text = line.toString();
    if (text.contains(PLACED)) {
      placed++;
    } else if (other.isEmpty()) {
      other = text;
    }
    schedule();
  }
}
