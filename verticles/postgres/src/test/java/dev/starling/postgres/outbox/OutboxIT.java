package dev.starling.postgres.outbox;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.query;
import static dev.starling.postgres.outbox.OutboxFixture.PLACED;
import static dev.starling.postgres.outbox.OutboxFixture.event;
import static dev.starling.postgres.outbox.OutboxFixture.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.ServerFixture;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class OutboxIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  private OutboxFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new OutboxFixture(SERVER);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  @Test
  void append_twoInATransaction_areOpenInTheirOrder() throws Exception {
    fixture.append(3, event(id(NOON, 2), "order/1"), event(id(NOON, 1), "order/1"));

    assertThat(
            query(
                fixture.north,
                "SELECT string_agg(id::text, ' ' ORDER BY seq) FROM shard_03.outbox"
                    + " WHERE done_at IS NULL AND next_at <= now() AND due_at = written_at"))
        .isEqualTo(id(NOON, 2) + " " + id(NOON, 1));
  }

  @Test
  void append_transactionRolledBack_leavesNothing() {
    assertThatThrownBy(
            () ->
                fixture.transact(
                    3,
                    connection ->
                        Outbox.append(connection, 3, List.of(event(id(NOON, 1), "order/1")))
                            .compose(written -> Future.failedFuture("no"))))
        .hasMessageContaining("no");
    assertThat(outbox("count(*)")).isEqualTo("0");
  }

  @Test
  void append_jobForLater_isAddressedAndNotDue() throws Exception {
    fixture.append(
        3,
        event(id(NOON, 1), "job/1")
            .withConsumer("web-hooks")
            .withNotBefore(Instant.parse("2100-01-01T00:00:00Z")));

    assertThat(outbox("consumer")).isEqualTo("web-hooks");
    assertThat(outbox("next_at > now() AND due_at = next_at")).isEqualTo("t");
  }

  @Test
  void append_dataTooLong_isRefusedBeforeItIsWritten() {
    OutboxEvent event = event(id(NOON, 1), "order/1");
    assertThatThrownBy(
            () ->
                new OutboxEvent(
                    event.id(),
                    event.source(),
                    event.type(),
                    event.subject(),
                    event.aggregate(),
                    event.owner(),
                    event.time(),
                    "",
                    "x".repeat(OutboxEvent.MAX_DATA_BYTES + 1)))
        .hasMessage("data: 262145 bytes (expected: at most 262144)");
  }

  @Test
  void subscribe_againWithOthers_addsThemInEveryDatabase() throws Exception {
    await(Outbox.subscribe(fixture.shards, "points", Set.of(PLACED)));
    await(Outbox.subscribe(fixture.shards, "points", Set.of("dev.starling.order.cancelled")));

    assertThat(subscriptions(true))
        .isEqualTo("points {dev.starling.order.cancelled,dev.starling.order.placed}");
    assertThat(subscriptions(false)).isEqualTo(subscriptions(true));
  }

  @Test
  void subscribe_databaseThatMissedIt_getsItFromItsRelay() throws Exception {
    execute(fixture.south, "ALTER TABLE outbox.subscriptions RENAME TO away");
    await(Outbox.subscribe(fixture.shards, "points", Set.of(PLACED)));
    execute(fixture.south, "ALTER TABLE outbox.away RENAME TO subscriptions");
    assertThat(subscriptions(false)).isNull();

    await(Subscriptions.copyTo(fixture.shards, fixture.shards.databases().get("south").primary()));

    assertThat(subscriptions(false)).isEqualTo("points {dev.starling.order.placed}");
  }

  @Test
  void unsubscribe_consumer_hasNoTypesAnywhere() throws Exception {
    await(Outbox.subscribe(fixture.shards, "points", Set.of(PLACED)));

    assertThat(await(Outbox.unsubscribe(fixture.shards, "points"))).isTrue();
    assertThat(await(Outbox.unsubscribe(fixture.shards, "points"))).isFalse();
    assertThat(subscriptions(false)).isEqualTo("points {}");

    await(Outbox.subscribe(fixture.shards, "points", Set.of(PLACED)));
    assertThat(subscriptions(false)).isEqualTo("points {dev.starling.order.placed}");
  }

  @Test
  void claim_again_isRefusedForThatConsumerAlone() throws Exception {
    Set<UUID> events = Set.of(id(NOON, 1), id(NOON.plus(Duration.ofDays(1)), 2));
    assertThat(claim("points", events)).isEqualTo(events);
    assertThat(claim("points", events)).isEmpty();
    assertThat(claim("mail", events)).isEqualTo(events);
  }

  @Test
  void claim_anyId_isBookedByItsIdAndNotByTheDay() throws Exception {
    // So the day on which it is claimed does not matter.
    assertThat(Inbox.slot(id(NOON, 1))).isEqualTo(Inbox.slot(id(NOON.plusSeconds(60), 2)));
    assertThat(Inbox.slot(id(NOON, 1)))
        .isNotEqualTo(Inbox.slot(id(NOON.plus(Duration.ofDays(1)), 1)));
    UUID random = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    assertThat(claim("points", Set.of(random))).containsExactly(random);
    assertThat(claim("points", Set.of(random))).isEmpty();
  }

  @Test
  void append_relayAwake_notifiesNobody() throws Exception {
    assertThat(notificationsOf(() -> fixture.append(9, event(id(NOON, 1), "order/1")))).isZero();
  }

  @Test
  void append_relayAsleep_wakesItOnceATransaction() throws Exception {
    try (var sleeping = new SleepingRelay(fixture.north, 1)) {
      assertThat(
              notificationsOf(
                  () ->
                      fixture.transact(
                          9,
                          connection ->
                              Outbox.append(connection, 9, List.of(event(id(NOON, 1), "a")))
                                  .compose(
                                      first ->
                                          Outbox.append(
                                              connection, 9, List.of(event(id(NOON, 2), "b")))))))
          .isOne();
      assertThat(notificationsOf(() -> fixture.append(3, event(id(NOON, 3), "c"))))
          .as("the relay of another range sleeps")
          .isZero();
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private int notificationsOf(Action action) throws Exception {
    try (SleepingRelay listener = new SleepingRelay(fixture.north, 99)) {
      action.run();
      return listener.notifications();
    }
  }

  private Set<UUID> claim(String consumer, Set<UUID> events) throws Exception {
    return fixture.transact(3, connection -> Inbox.claim(connection, 3, consumer, events));
  }

  private String outbox(String what) {
    try {
      return query(fixture.north, "SELECT " + what + " FROM shard_03.outbox");
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  private String subscriptions(boolean home) throws Exception {
    return query(
        home ? fixture.north : fixture.south,
        "SELECT string_agg(consumer || ' ' || types::text, ', ') FROM outbox.subscriptions");
  }
}
