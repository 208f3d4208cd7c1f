package dev.starling.postgres.outbox;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.query;
import static dev.starling.postgres.outbox.OutboxFixture.PLACED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.TraceContext;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.ServerFixture;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class EventConsumerIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final int SHARD = 3;
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  private OutboxFixture fixture;
  private EventConsumer consumer;

  @BeforeEach
  void open() throws Exception {
    fixture = new OutboxFixture(SERVER);
    execute(
        fixture.north,
        "CREATE TABLE shard_03.effects (n bigint GENERATED ALWAYS AS IDENTITY,"
            + " aggregate text CHECK (aggregate <> 'poison'))");
    consumer =
        new EventConsumer(
            fixture.shards,
            "points",
            Set.of(PLACED),
            Effect.each(
                (connection, shard, event) ->
                    event.aggregate().equals("unusable")
                        ? Future.failedFuture(new EventRefused("cannot be used"))
                        : connection
                            .query(
                                "INSERT INTO shard_03.effects (aggregate) VALUES ('%s')"
                                    .formatted(event.aggregate()))
                            .execute()
                            .mapEmpty()));
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  @Test
  void receive_deliveredAgain_hasNoSecondEffect() throws Exception {
    assertThat(verdicts(event(1, "a"), event(2, "b"))).containsOnly(Verdict.DONE);
    assertThat(verdicts(event(2, "b"), event(3, "c"))).containsOnly(Verdict.DONE);
    assertThat(effects()).isEqualTo("a b c");
  }

  @Test
  void receive_someCannotBeDone_theOthersAre() throws Exception {
    Receipt receipt =
        await(receive(event(1, "a"), event(2, "unusable"), event(3, "poison"), event(4, "b")));

    assertThat(receipt.events())
        .extracting(Settled::verdict)
        .containsExactly(Verdict.DONE, Verdict.NEVER, Verdict.LATER, Verdict.DONE);
    assertThat(receipt.events().get(1).reason()).isEqualTo("cannot be used");
    assertThat(receipt.events().get(2).reason()).contains("check constraint");
    assertThat(effects()).isEqualTo("a b");
  }

  @Test
  void receive_failedBefore_isNotTakenForDone() throws Exception {
    assertThat(verdicts(event(1, "poison"))).containsExactly(Verdict.LATER);
    execute(fixture.north, "ALTER TABLE shard_03.effects DROP CONSTRAINT effects_aggregate_check");
    assertThat(verdicts(event(1, "poison"))).containsExactly(Verdict.DONE);
    assertThat(effects()).isEqualTo("poison");
  }

  @Test
  void receive_typeThatItDoesNotHandle_isDone() throws Exception {
    Event other = event(1, "a");
    assertThat(
            verdicts(
                new Event(
                    other.id(),
                    other.source(),
                    "dev.starling.order.cancelled",
                    other.subject(),
                    other.aggregate(),
                    other.owner(),
                    other.time(),
                    "",
                    "{}")))
        .containsExactly(Verdict.DONE);
    assertThat(effects()).isNull();
  }

  @Test
  void receive_shardNotThere_failsAsUnavailable() throws Exception {
    execute(fixture.north, "ALTER SCHEMA shard_03 RENAME TO away");
    assertThatThrownBy(() -> await(receive(event(1, "a"), event(2, "b"))))
        .cause()
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private List<Verdict> verdicts(Event... events) throws Exception {
    return await(receive(events)).events().stream().map(Settled::verdict).toList();
  }

  private Future<Receipt> receive(Event... events) {
    CallContext context =
        CallContext.expiringAt(
            System.nanoTime() + Duration.ofSeconds(5).toNanos(), TraceContext.start(new Random(1)));
    return consumer.receive(new EventBatch(SHARD, Arrays.asList(events)), context);
  }

  private static Event event(int number, String aggregate) {
    return new Event(
        OutboxFixture.id(NOON, number).toString(),
        "/starling/orders",
        PLACED,
        aggregate,
        aggregate,
        "00000000-0000-7000-8000-000000000007",
        NOON.toString(),
        "",
        "{}");
  }

  private String effects() throws Exception {
    return query(
        fixture.north, "SELECT string_agg(aggregate, ' ' ORDER BY n) FROM shard_03.effects");
  }
}
