package dev.starling.outbox;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.outbox.DeadLetter;
import dev.starling.postgres.outbox.DeadLetters;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.NodeScope;
import dev.starling.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A relay that looks when the test says so. Pauses are so long that nothing is tried again before
 * the test lets the time pass.
 */
@Timeout(120)
class RelayTest {
  private static final int SHARD = 3;
  private static final String NAME = "outbox.relay.home.0-7";
  private static final OutboxConfig CONFIG =
      new OutboxConfig(
          10,
          64 * 1024,
          2,
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          3,
          Duration.ofHours(1),
          Duration.ofHours(24),
          Duration.ofHours(1),
          Duration.ofDays(3));

  private final AtomicLong skippedNanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private OutboxNode node;
  private Ownership ownership;
  private Relay relay;

  @BeforeEach
  void open() {
    node = new OutboxNode(RelayTest.class);
    OutboxNode.run(node.home, "DROP SCHEMA IF EXISTS singletons CASCADE");
    ownership =
        await(
            Singletons.of(node.node.scope(), node.node.vertx()).compose(known -> known.join(NAME)));
    relay = relay();
  }

  @AfterEach
  void close() {
    await(ownership.leave());
    node.close();
  }

  @Test
  void look_eventsOfTwoAggregates_areDeliveredInTheOrderOfEach() {
    node.consumer("mail", OutboxNode.recording("mail"));
    node.append(SHARD, node.event("a/1"), node.event("b/1"));
    node.append(SHARD, node.event("a/1"));
    node.append(SHARD, node.event("b/1"), node.event("a/1"));

    look();

    assertThat(node.open(SHARD)).isZero();
    assertThat(order("a/1")).isEqualTo(3);
    assertThat(order("b/1")).isEqualTo(2);
    assertThat(delivered("mail")).isEqualTo(5);
  }

  @Test
  void look_moreThanABatch_isDeliveredToTheEnd() {
    node.consumer("mail", OutboxNode.recording("mail"));
    for (int i = 0; i < 35; i++) {
      node.append(SHARD, node.event("order/" + i));
    }

    look();

    assertThat(node.open(SHARD)).isZero();
    assertThat(node.number(SHARD, "SELECT count(DISTINCT event) FROM {shard}.effects"))
        .isEqualTo(35);
  }

  @Test
  void look_consumerFails_keepsLaterOnesOfTheAggregateBackAndNoOthers() {
    AtomicBoolean failing = new AtomicBoolean(true);
    node.consumer("mail", failingFor("a", failing, new IllegalStateException("no server")));
    node.append(SHARD, node.event("a"), node.event("a"), node.event("b"));

    look();
    look();

    assertThat(node.effects(SHARD, "mail")).isEqualTo("b");
    assertThat(
            node.number(
                SHARD,
                "SELECT progress -> 'mail' -> 'attempts' FROM {shard}.outbox WHERE progress <> '{}'"))
        .isOne();
    assertThat(
            node.number(
                SHARD,
                "SELECT count(*) FROM {shard}.outbox WHERE next_at > now() + interval '20 minutes'"))
        .as("the one behind it waits as long")
        .isEqualTo(2);

    failing.set(false);
    node.timePasses(SHARD);
    look();

    assertThat(node.effects(SHARD, "mail")).isEqualTo("b a a");
    assertThat(node.open(SHARD)).isZero();
  }

  @Test
  void look_oneOfTwoConsumersFails_theOtherIsNotSentItAgain() {
    AtomicBoolean failing = new AtomicBoolean(true);
    AtomicInteger sent = new AtomicInteger();
    node.consumer("mail", failingFor("a", failing, new IllegalStateException("no server")));
    node.consumer(
        "points",
        (connection, shard, events) -> {
          sent.addAndGet(events.size());
          return Future.succeededFuture();
        });
    node.append(SHARD, node.event("a"));

    look();
    failing.set(false);
    node.timePasses(SHARD);
    look();

    assertThat(node.open(SHARD)).isZero();
    assertThat(node.effects(SHARD, "mail")).isEqualTo("a");
    assertThat(delivered("points")).isOne();
    assertThat(sent).hasValue(1);
  }

  @Test
  void look_eventThatCanNeverBeDone_isADeadLetterAndTheAggregateGoesOn() {
    AtomicBoolean failing = new AtomicBoolean(true);
    node.consumer("mail", failingFor("a", failing, new EventRefused("no address")));
    OutboxEvent unusable = node.event("a");
    node.append(SHARD, unusable, node.event("b"));

    look();

    List<DeadLetter> dead = await(DeadLetters.list(node.shards, "mail", 10));
    assertThat(dead).hasSize(1);
    assertThat(dead.get(0).event()).isEqualTo(unusable.id());
    assertThat(dead.get(0).reason()).isEqualTo("no address");
    assertThat(dead.get(0).attempts()).isOne();
    assertThat(node.effects(SHARD, "mail")).isEqualTo("b");
    assertThat(node.open(SHARD)).isZero();
    assertThat(meters.counter("outbox.dead", "consumer", "mail").count()).isOne();
  }

  @Test
  void redrive_deadLetter_comesAgainToThatConsumerAlone() {
    AtomicBoolean failing = new AtomicBoolean(true);
    node.consumer("mail", failingFor("a", failing, new EventRefused("no address")));
    node.consumer("points", OutboxNode.recording("points"));
    node.append(SHARD, node.event("a"));
    look();
    failing.set(false);

    assertThat(await(DeadLetters.redrive(node.shards, "points", null))).isZero();
    assertThat(await(DeadLetters.redrive(node.shards, "mail", null))).isOne();
    look();

    assertThat(node.effects(SHARD, "mail")).isEqualTo("a");
    assertThat(node.effects(SHARD, "points")).isEqualTo("a");
    assertThat(await(DeadLetters.list(node.shards, null, 10))).isEmpty();
    assertThat(delivered("points")).isOne();
  }

  @Test
  void look_failsAsOftenAsItMay_isADeadLetter() {
    node.consumer(
        "mail", failingFor("a", new AtomicBoolean(true), new IllegalStateException("no server")));
    node.append(SHARD, node.event("a"));

    for (int attempt = 0; attempt < CONFIG.maxAttempts(); attempt++) {
      assertThat(node.open(SHARD)).isOne();
      look();
      node.timePasses(SHARD);
    }

    assertThat(node.open(SHARD)).isZero();
    assertThat(await(DeadLetters.list(node.shards, null, 10)))
        .extracting(DeadLetter::attempts, DeadLetter::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(3, "no server"));
  }

  @Test
  void look_consumerDoesNotRun_waitsWithoutCountingAttempts() {
    await(Outbox.subscribe(node.shards, "mail", Set.of(OutboxNode.PLACED)));
    node.append(SHARD, node.event("a"));
    for (int look = 0; look < CONFIG.maxAttempts() + 1; look++) {
      look();
      node.timePasses(SHARD);
      skippedNanos.addAndGet(Duration.ofHours(2).toNanos());
    }

    assertThat(node.open(SHARD)).isOne();
    assertThat(await(DeadLetters.list(node.shards, null, 10))).isEmpty();

    node.consumer("mail", OutboxNode.recording("mail"));
    look();
    assertThat(node.effects(SHARD, "mail")).isEqualTo("a");
    assertThat(node.open(SHARD)).isZero();
  }

  @Test
  void look_consumerPostpones_comesAgainHoweverOften() {
    AtomicReference<Settled> verdict =
        new AtomicReference<>(new Settled(Verdict.POSTPONED, "it is running"));
    AtomicInteger deliveries = new AtomicInteger();
    await(
        node.node.onCaller(
            bus ->
                bus.serve(
                    EventContract.deliver("jobs"),
                    (batch, context) -> {
                      deliveries.incrementAndGet();
                      return Future.succeededFuture(new Receipt(List.of(verdict.get())));
                    })));
    node.append(SHARD, node.event("a").withConsumer("jobs"));
    for (int look = 0; look < CONFIG.maxAttempts() + 1; look++) {
      look();
      look();
      node.timePasses(SHARD);
    }

    assertThat(deliveries).hasValue(CONFIG.maxAttempts() + 1);
    assertThat(node.open(SHARD)).isOne();
    assertThat(await(DeadLetters.list(node.shards, null, 10))).isEmpty();

    verdict.set(Settled.DONE);
    look();
    assertThat(node.open(SHARD)).isZero();
  }

  @Test
  void look_nobodySubscribed_isDone() {
    node.append(SHARD, node.event("a"));
    look();
    assertThat(node.open(SHARD)).isZero();
  }

  @Test
  void look_jobForLater_comesToItsConsumerAloneWhenItIsDue() {
    node.consumer("jobs", OutboxNode.recording("jobs"));
    node.consumer("mail", OutboxNode.recording("mail"));
    node.append(
        SHARD,
        node.event("a").withConsumer("jobs").withNotBefore(Instant.parse("2100-01-01T00:00:00Z")));

    look();
    assertThat(node.effects(SHARD, "jobs")).isEmpty();

    node.timePasses(SHARD);
    look();
    assertThat(node.effects(SHARD, "jobs")).isEqualTo("a");
    assertThat(node.effects(SHARD, "mail")).isEmpty();
    assertThat(node.open(SHARD)).isZero();
  }

  @Test
  void look_thawedFormerOwner_marksNothingAndNothingIsEffectedTwice() {
    AtomicInteger calls = new AtomicInteger();
    node.consumer(
        "mail",
        (connection, shard, events) -> {
          calls.incrementAndGet();
          return OutboxNode.recording("mail").apply(connection, shard, events);
        });
    node.append(SHARD, node.event("a"));
    Term frozen = ownership.term();
    OutboxNode.run(node.home, "UPDATE singletons.ownership SET expires_at = clock_timestamp()");
    Ownership successor = await(otherNode().compose(other -> other.join(NAME)));

    // It was frozen: by its own clock its term still runs.
    assertThat(frozen.isOver()).isFalse();
    look(relay, frozen);

    assertThat(node.open(SHARD)).as("it marked nothing").isOne();
    assertThat(delivered("mail")).isZero();

    look(relay(), successor.term());

    assertThat(node.open(SHARD)).isZero();
    assertThat(node.effects(SHARD, "mail")).isEqualTo("a");
    assertThat(calls).hasValue(1);
    await(successor.leave());
  }

  @Test
  void lag_ownerWithAnOldEvent_isItsAgeUntilItIsTaken() {
    await(Outbox.subscribe(node.shards, "mail", Set.of(OutboxNode.PLACED)));
    node.append(SHARD, node.event("a"));
    assertThat(gauge("outbox.lag")).isNaN();
    OutboxNode.run(
        node.home,
        "UPDATE shard_03.outbox SET due_at = now() - interval '1 hour', next_at = now()");

    look();

    assertThat(gauge("outbox.lag")).isBetween(3_600.0, 3_700.0);
    assertThat(gauge("outbox.open")).isOne();

    node.consumer("mail", OutboxNode.recording("mail"));
    skippedNanos.addAndGet(Duration.ofHours(2).toNanos());
    node.timePasses(SHARD);
    look();
    look();
    assertThat(gauge("outbox.lag")).isZero();
    assertThat(gauge("outbox.open")).isZero();

    look(relay, null);
    assertThat(gauge("outbox.lag")).as("somebody else is the owner").isNaN();
  }

  private static Effect failingFor(String aggregate, AtomicBoolean failing, Exception failure) {
    return Effect.each(
        (connection, shard, event) ->
            failing.get() && event.aggregate().equals(aggregate)
                ? Future.failedFuture(failure)
                : OutboxNode.record(connection, shard, "mail", event));
  }

  private Relay relay() {
    return await(
        node.node.onCaller(
            bus -> {
              Backoff hours = new Backoff(Duration.ofHours(1), Duration.ofHours(24), () -> 1);
              Deliveries deliveries =
                  new Deliveries(
                      bus,
                      CONFIG.deliverTimeout(),
                      hours,
                      () -> System.nanoTime() + skippedNanos.get(),
                      new Random(1));
              return Future.succeededFuture(
                  new Relay(
                      NAME,
                      new RelayTable(node.home),
                      deliveries,
                      hours,
                      CONFIG,
                      relayMeters,
                      Relay.Sleep.NEVER));
            }));
  }

  private final RelayMeters relayMeters = new RelayMeters(meters, "home", () -> System.nanoTime());

  private Future<Singletons> otherNode() {
    NodeScope scope =
        new NodeScope(
            "other",
            "a",
            Path.of("unused"),
            node.node.catalog(),
            new SimpleMeterRegistry(),
            new ManualClock(),
            node.node.settings());
    scope.provide(Postgres.class, node.home);
    return Singletons.of(scope, node.node.vertx());
  }

  private void look() {
    look(relay, ownership.term());
  }

  private void look(Relay looking, Term term) {
    await(
        node.node.onCaller(
            bus -> looking.look(term, List.of(SHARD)).compose(looked -> looking.idle())));
  }

  private double delivered(String consumer) {
    return meters.counter("outbox.delivered", "consumer", consumer).count();
  }

  private double gauge(String name) {
    return meters.get(name).tag("database", "home").gauge().value();
  }

  /** How many effects an aggregate had, which were in the order of its events. */
  private long order(String aggregate) {
    return node.number(
        SHARD,
        """
        SELECT count(*) FROM (
          SELECT row_number() OVER (ORDER BY n) AS had, row_number() OVER (ORDER BY event) AS wrote
          FROM {shard}.effects WHERE aggregate = '%s') AS each
        WHERE had = wrote"""
            .formatted(aggregate));
  }
}
