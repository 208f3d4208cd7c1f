package dev.starling.testkit;

import static dev.starling.testkit.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers of one shard, and what they were told. Each transaction adds an entry and changes a
 * balance, so a lost, doubled or half transaction shows.
 */
final class Ledger {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int WRITERS = 8;
  private static final ShardSql ENTRY =
      new ShardSql(
          "INSERT INTO {shard}.entries (slot, id, account, amount) VALUES ($1, $2, $3, $4)");
  private static final ShardSql BALANCE =
      new ShardSql("UPDATE {shard}.accounts SET balance = balance + $2 WHERE id = $1");

  private final Shards shards;
  private final int shard;
  private final AtomicLong number = new AtomicLong();
  private final AtomicInteger confirmed = new AtomicInteger();
  private final AtomicLong sum = new AtomicLong();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Future<?>> writers = new ArrayList<>();
  private volatile boolean stopped;

  Ledger(Shards shards, int shard) {
    this.shards = shards;
    this.shard = shard;
  }

  static Future<Void> migrate(Shards shards) {
    return shards.migrate("ledger", "classpath:db/ledger", Ledger.class.getClassLoader());
  }

  /** Writes so many entries, a few at a time. */
  Future<?> fill(int entries) {
    List<Future<?>> lanes = new ArrayList<>();
    for (int lane = 0; lane < WRITERS; lane++) {
      int mine = entries / WRITERS + (lane < entries % WRITERS ? 1 : 0);
      lanes.add(some(mine));
    }
    return Future.all(lanes);
  }

  private Future<?> some(int left) {
    return left == 0 ? Future.succeededFuture() : write().compose(done -> some(left - 1));
  }

  /** Writes without a break until {@link #stop}. */
  void write(Vertx vertx) {
    for (int writer = 0; writer < WRITERS; writer++) {
      Promise<Void> over = Promise.promise();
      writers.add(over.future());
      vertx.runOnContext(begun -> more(over));
    }
  }

  private void more(Promise<Void> over) {
    if (stopped) {
      over.complete();
    } else {
      write().onComplete(done -> more(over));
    }
  }

  Future<?> stop() {
    stopped = true;
    return Future.all(writers);
  }

  private Future<?> write() {
    long n = number.incrementAndGet();
    int account = (int) (n % 10) + 1;
    return shards
        .transact(
            shard,
            LIMIT,
            connection ->
                connection
                    .preparedQuery(ENTRY.in(shard))
                    .execute(Tuple.of((short) (n % 2), UUID.randomUUID(), account, n))
                    .compose(
                        added ->
                            connection
                                .preparedQuery(BALANCE.in(shard))
                                .execute(Tuple.of(account, n))))
        .onSuccess(
            done -> {
              confirmed.incrementAndGet();
              sum.addAndGet(n);
            })
        .onFailure(failures::add);
  }

  Queue<Throwable> failures() {
    return failures;
  }

  int confirmed() {
    return confirmed.get();
  }

  /** Checks that a database has all that was confirmed, each once, and nothing else. */
  void checkIn(PostgresEndpoint database) {
    assertThat(
            query(
                database,
                """
                SELECT count(*) || ' ' || count(DISTINCT amount) || ' ' || sum(amount) || ' '
                  || count(DISTINCT seq)
                FROM shard_05.entries"""))
        .isEqualTo(confirmed + " " + confirmed + " " + sum + " " + confirmed);
    assertThat(query(database, "SELECT sum(balance) FROM shard_05.accounts"))
        .isEqualTo(sum.toString());
  }
}
