package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Users who import orders: a request each, of lines as fast as they are taken. */
final class BulkCalls {
  private static final int LINES_PER_WRITE = 64;
  private static final String PLACED = "\"status\":201,";

  private final LabNode node;
  private final int skus;
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong placed = new AtomicLong();

  BulkCalls(LabNode node, int skus) {
    this.node = node;
    this.skus = skus;
  }

  /**
   * Imports for a time, and gives orders a second.
   *
   * @throws IllegalStateException when a line was not placed
   */
  double run(List<User> users, int seconds) {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClientAgent client = vertx.createHttpClient();
      long begin = System.nanoTime();
      long end = begin + TimeUnit.SECONDS.toNanos(seconds);
      List<Future<Void>> imports = new ArrayList<>();
      for (User user : users) {
        imports.add(stream(client, user, end));
      }
      Future.all(imports).await(seconds + 60L, TimeUnit.SECONDS);
      double took = (System.nanoTime() - begin) / 1e9;
      if (lines.get() != placed.get()) {
        throw new IllegalStateException(
            "lines: %d, of which %d were placed (expected: all)"
                .formatted(lines.get(), placed.get()));
      }
      return placed.getAndSet(0) / took;
    } catch (TimeoutException e) {
      throw new IllegalStateException("an import did not end", e);
    } finally {
      lines.set(0);
      vertx.close().await();
    }
  }

  private Future<Void> stream(HttpClientAgent client, User user, long end) {
    Promise<Void> ended = Promise.promise();
    client
        .request(HttpMethod.POST, node.httpPort(), node.host(), "/v1/orders:batch")
        .onFailure(ended::tryFail)
        .onSuccess(
            request -> {
              request
                  .putHeader("content-type", "application/x-ndjson")
                  .putHeader("authorization", "Bearer " + user.token())
                  .setChunked(true);
              request
                  .response()
                  .onFailure(ended::tryFail)
                  .onSuccess(
                      response ->
                          response
                              .handler(RecordParser.newDelimited("\n", this::count))
                              .exceptionHandler(ended::tryFail)
                              .endHandler(done -> ended.tryComplete()));
              write(request, new Random(user.id().hashCode()), end);
            });
    return ended.future();
  }

  private void write(HttpClientRequest request, Random random, long end) {
    if (System.nanoTime() - end >= 0) {
      request.end();
      return;
    }
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < LINES_PER_WRITE; i++) {
      block.append(
          "{\"idempotency_key\":\"%s-%d\",\"lines\":[{\"sku\":\"B%d\",\"quantity\":1}]}\n"
              .formatted(
                  Long.toString(System.nanoTime(), Character.MAX_RADIX), i, random.nextInt(skus)));
    }
    lines.addAndGet(LINES_PER_WRITE);
    request
        .write(block.toString())
        .onSuccess(
            written -> {
              if (request.writeQueueFull()) {
                request.drainHandler(drained -> write(request, random, end));
              } else {
                write(request, random, end);
              }
            });
  }

  private void count(Buffer line) {
    // Heartbeats are empty lines.
    if (line.length() > 0 && line.toString().contains(PLACED)) {
      placed.incrementAndGet();
    }
  }
}
