package dev.starling.orders;

import static dev.starling.orders.OrdersNode.header;
import static dev.starling.orders.OrdersNode.order;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers hear when the database is slow, full, or lost at the worst moment. */
@Timeout(120)
class UnhappyDatabaseTest {
  private OrdersNode orders;
  private UUID user;
  private int shard;

  @BeforeEach
  void start() {
    orders = new OrdersNode();
    orders
        .node
        .settings()
        .putObject("orders")
        .put("max-batch", 4)
        .put("max-batches", 1)
        .put("max-waiting", 10);
    orders.deploy(1);
    user = orders.user();
    shard = Shards.of(user);
    orders.stock("A", 3_200);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void place_connectionLostDuringTheCommit_isOfUnknownOutcomeForTheWholeBatch() {
    orders.sql(
        shard,
        """
        CREATE OR REPLACE FUNCTION {shard}.doze() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN
            IF NEW.idempotency_key LIKE 'k%' THEN PERFORM pg_sleep(30); END IF;
            RETURN NULL;
          END $$""");
    orders.sql(
        shard,
        """
        CREATE CONSTRAINT TRIGGER doze AFTER INSERT ON {shard}.orders
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {shard}.doze()""");
    try {
      List<Future<OperationReply>> attempts = new ArrayList<>();
      try (Lock lock = new Lock()) {
        Future<OperationReply> first = orders.placing(orders.as(user), "first", order("A", 1));
        awaitBackend("wait_event_type = 'Lock'");
        for (int i = 0; i < 3; i++) {
          attempts.add(orders.placing(orders.as(user), "k" + i, order("A", 1)));
        }
        while (waiting() < 3) {
          Thread.onSpinWait();
        }
        lock.release();
        assertThat(await(first)).matches(OrdersNode::isPlaced);
      }
      long pid = awaitBackend("query = 'COMMIT' AND state = 'active'");
      orders.sql(shard, "SELECT pg_terminate_backend(" + pid + ")");

      for (Future<OperationReply> attempt : attempts) {
        assertThat(refused(await(attempt)).refusal()).isEqualTo(Refusal.UNKNOWN_OUTCOME);
      }
    } finally {
      orders.sql(shard, "DROP TRIGGER IF EXISTS doze ON {shard}.orders");
    }
    // The key tells what became of it.
    boolean kept = orders.sum("count(*)", "orders") > 1;
    OperationReply again = orders.place(user, "k0", order("A", 1));
    assertThat(again).matches(OrdersNode::isPlaced);
    assertThat(header(again, "idempotency-replayed")).isEqualTo(kept ? "true" : "none");
    long stored = orders.sum("count(*)", "orders");
    assertThat(orders.sum("sum(available)", "stock")).isEqualTo(3_200 - stored);
    assertThat(orders.orderEvents()).isEqualTo(stored);
  }

  @Test
  void place_connectionLostBeforeTheCommit_isNotExecuted() {
    try (Lock lock = new Lock()) {
      Future<OperationReply> attempt = orders.placing(orders.as(user), "k", order("A", 1));
      long pid = awaitBackend("wait_event_type = 'Lock'");
      orders.sql(shard, "SELECT pg_terminate_backend(" + pid + ")");

      assertThat(refused(await(attempt)).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(lock.isHeld()).isTrue();
    }
    assertThat(orders.sum("count(*)", "orders")).isZero();
    assertThat(orders.place(user, "k", order("A", 1))).matches(OrdersNode::isPlaced);
  }

  @Test
  void place_moreThanMayWait_isRefusedAtOnceAndTheRestIsServed() {
    List<Future<OperationReply>> waiting = new ArrayList<>();
    try (Lock lock = new Lock()) {
      waiting.add(orders.placing(orders.as(user), "first", order("A", 1)));
      awaitBackend("wait_event_type = 'Lock'");
      for (int i = 0; i < 10; i++) {
        waiting.add(orders.placing(orders.as(user), "k" + i, order("A", 1)));
      }

      OperationReply tooMany = orders.place(user, "one-more", order("A", 1));

      assertThat(refused(tooMany).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(refused(tooMany).detail()).isEqualTo("too many orders wait (expected: < 10)");
      assertThat(waiting()).isEqualTo(10);
      assertThat(lock.isHeld()).isTrue();
    }
    for (Future<OperationReply> one : waiting) {
      assertThat(await(one)).matches(OrdersNode::isPlaced);
    }
    assertThat(waiting()).isZero();
    assertThat(orders.place(user, "one-more", order("A", 1))).matches(OrdersNode::isPlaced);
  }

  @Test
  void place_turnDoesNotComeInTime_isNotSent() {
    try (Lock lock = new Lock()) {
      Future<OperationReply> first = orders.placing(orders.as(user), "first", order("A", 1));
      awaitBackend("wait_event_type = 'Lock'");
      CallContext hurried =
          orders.as(user).withDeadline(System.nanoTime() + Duration.ofSeconds(2).toNanos());

      OperationReply late = await(orders.placing(hurried, "late", order("A", 1)));

      assertThat(refused(late).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(refused(late).detail()).isEqualTo("its turn did not come in time");
      lock.release();
      assertThat(await(first)).matches(OrdersNode::isPlaced);
    }
    assertThat(orders.sum("count(*)", "orders")).isOne();
  }

  @Test
  void place_manyInATurn_shareTransactions() {
    List<Future<OperationReply>> waiting = new ArrayList<>();
    try (Lock lock = new Lock()) {
      for (int i = 0; i < 8; i++) {
        waiting.add(orders.placing(orders.as(user), "k" + i, order("A", 1)));
      }
      awaitBackend("wait_event_type = 'Lock'");
      assertThat(lock.isHeld()).isTrue();
    }
    for (Future<OperationReply> one : waiting) {
      assertThat(await(one)).matches(OrdersNode::isPlaced);
    }
    // Batches of four: the first may have gone ahead alone.
    assertThat(
            orders
                .sql(shard, "SELECT count(DISTINCT xmin::text) FROM {shard}.orders")
                .iterator()
                .next()
                .getLong(0))
        .isBetween(2L, 3L);
  }

  private double waiting() {
    return orders.node.scope().meters().get("orders.waiting").gauge().value();
  }

  /** The process of a backend in that state, once there is one. */
  private long awaitBackend(String state) {
    while (true) {
      for (Row row :
          orders.sql(
              shard,
              "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
                  + state
                  + " AND pid <> pg_backend_pid()")) {
        return row.getInteger(0);
      }
    }
  }

  /** Keeps everybody from the stock of the user's shard. */
  private final class Lock implements AutoCloseable {
    private final SqlConnection connection;
    private boolean held = true;

    Lock() {
      connection = await(orders.home.connect());
      await(connection.query("BEGIN").execute());
      await(connection.query("SET LOCAL idle_in_transaction_session_timeout = 0").execute());
      await(
          connection
              .query("SELECT FROM " + Shards.schema(shard) + ".stock WHERE sku = 'A' FOR UPDATE")
              .execute());
    }

    boolean isHeld() {
      return held;
    }

    void release() {
      if (held) {
        held = false;
        await(connection.query("ROLLBACK").execute());
        await(connection.close());
      }
    }

    @Override
    public void close() {
      release();
    }
  }
}
