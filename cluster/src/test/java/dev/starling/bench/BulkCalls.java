package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Users who import orders: a request each, of lines as fast as they are taken. */
final class BulkCalls {
  /** For the answers that are under way when no more lines are sent. */
  private static final int PATIENCE_SECONDS = 60;

  private final LabNode node;
  private final int skus;

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
      List<Future<Import.Outcome>> imports = new ArrayList<>();
      for (User user : users) {
        imports.add(Import.start(vertx, client, node, user, skus, end));
      }
      Future.all(imports).await(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
      double took = (System.nanoTime() - begin) / 1e9;
      long sent = imports.stream().mapToLong(one -> one.result().sent()).sum();
      long placed = imports.stream().mapToLong(one -> one.result().placed()).sum();
      if (sent != placed) {
        throw new IllegalStateException(
            "lines: %d, of which %d were placed (expected: all); one that was not: %s"
                .formatted(sent, placed, firstOther(imports)));
      }
      return placed / took;
    } catch (TimeoutException e) {
      throw new IllegalStateException("an import did not end", e);
    } finally {
      vertx.close().await();
    }
  }

  private static String firstOther(List<Future<Import.Outcome>> imports) {
    return imports.stream()
        .map(one -> one.result().other())
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("no answer");
  }
}
