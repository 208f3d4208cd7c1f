package dev.starling.outbox;

import static dev.starling.testkit.TestNode.await;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.outbox.Inbox;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Partitions of a day that is over. */
@Timeout(120)
class RetentionTest {
  private static final int SHARD = 3;
  private static final Duration KEPT = Duration.ofDays(2);
  private static final int ROWS = 2;

  private OutboxNode node;
  private Ownership ownership;
  private Retention retention;

  @BeforeEach
  void open() {
    node = new OutboxNode(RetentionTest.class);
    OutboxNode.run(node.home, "DROP SCHEMA IF EXISTS singletons CASCADE");
    ownership =
        await(
            Singletons.of(node.node.scope(), node.node.vertx())
                .compose(known -> known.join("outbox.relay.home.0-7")));
    retention = new Retention(node.home, KEPT, ROWS);
  }

  @AfterEach
  void close() {
    await(ownership.leave());
    node.close();
  }

  @Test
  void sweep_deliveredLongAgo_emptiesThePartitionAsAWhole() {
    long file = written(4, true);

    sweep(ownership.term());

    assertThat(rows("outbox")).isZero();
    assertThat(fileOf("outbox", 4)).as("truncated, not deleted from").isNotEqualTo(file);
  }

  @Test
  void sweep_deliveredLately_keepsIt() {
    written(1, true);
    sweep(ownership.term());
    assertThat(rows("outbox")).isOne();
  }

  @Test
  void sweep_oneIsStillOpen_deletesTheOthersOfItsDay() {
    written(4, false);
    long file = written(4, true);

    sweep(ownership.term());

    assertThat(rows("outbox")).isOne();
    assertThat(node.open(SHARD)).isOne();
    assertThat(fileOf("outbox", 4)).isEqualTo(file);
  }

  @Test
  void sweep_moreThanATransactionDeletes_goesOnUntilAllAreGone() {
    written(4, false);
    for (int i = 0; i < 3 * ROWS + 1; i++) {
      written(4, true);
    }

    sweep(ownership.term());

    assertThat(rows("outbox")).isOne();
  }

  @Test
  void sweep_claimedLongAgo_emptiesThePartitionOfTheInbox() {
    claimed(UUID.randomUUID(), 4);
    sweep(ownership.term());
    assertThat(rows("inbox")).isZero();
  }

  @Test
  void sweep_eventStillOpenOrDead_isRememberedByItsConsumer() {
    OutboxEvent open = node.event("a");
    node.append(SHARD, open);
    claimed(open.id(), 4);
    UUID dead = UUID.randomUUID();
    claimed(dead, 4);
    OutboxNode.run(
        node.home,
        """
        INSERT INTO shard_03.dead_letters
          (event, consumer, source, type, subject, aggregate, owner, time, traceparent, data,
           attempts, reason)
        VALUES ('%s', 'mail', '', '', '', '', '%s', now(), '', '', 1, '')"""
            .formatted(dead, dead));
    claimed(UUID.randomUUID(), 4);

    sweep(ownership.term());

    assertThat(
            node.text(
                SHARD, "SELECT string_agg(event::text, ' ' ORDER BY event) FROM {shard}.inbox"))
        .isEqualTo(Stream.of(open.id(), dead).map(UUID::toString).sorted().collect(joining(" ")));
  }

  @Test
  void sweep_termIsOver_emptiesNothing() {
    written(4, true);
    Term over = ownership.term();
    OutboxNode.run(node.home, "UPDATE singletons.ownership SET expires_at = clock_timestamp()");
    sweep(over);
    assertThat(rows("outbox")).isOne();
  }

  /** Writes an event as it was so many days ago, and gives the file of its partition. */
  private long written(int daysAgo, boolean done) {
    node.append(SHARD, node.event("a"));
    OutboxNode.run(
        node.home,
        """
        UPDATE shard_03.outbox
        SET slot = (extract(epoch FROM now())::bigint / 86400 - %1$d) %% %2$d,
          written_at = now() - interval '%1$d days', done_at = %3$s
        WHERE written_at > now() - interval '1 hour'"""
            .formatted(daysAgo, Outbox.RING, done ? "now()" : "NULL"));
    return fileOf("outbox", daysAgo);
  }

  /** Books an event as it was so many days ago. */
  private void claimed(UUID event, int daysAgo) {
    await(
        node.shards.transact(
            SHARD,
            OutboxNode.LIMIT,
            connection -> Inbox.claim(connection, SHARD, "mail", Set.of(event))));
    OutboxNode.run(
        node.home,
        """
        UPDATE shard_03.inbox
        SET slot = (extract(epoch FROM now())::bigint / 86400 - %1$d) %% %2$d,
          claimed_at = now() - interval '%1$d days'
        WHERE event = '%3$s'"""
            .formatted(daysAgo, Outbox.RING, event));
  }

  private long fileOf(String table, int daysAgo) {
    return node.number(
        SHARD,
        "SELECT pg_relation_filenode(('{shard}.%s_' || (extract(epoch FROM now())::bigint / 86400 - %d) %% %d)::regclass)::bigint"
            .formatted(table, daysAgo, Outbox.RING));
  }

  private long rows(String table) {
    return node.number(SHARD, "SELECT count(*) FROM {shard}." + table);
  }

  private void sweep(Term term) {
    await(retention.sweep(term, SHARD));
  }
}
