package dev.starling.outbox;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.Subscriptions;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Brings events from the outboxes to their consumers, for the ranges of shards that its node is the
 * owner of. It offers nothing to clients.
 */
public final class OutboxVerticle extends ServiceVerticle {
  static final String SECTION = "outbox";

  private static final long STOP_LIMIT_SECONDS = 10;

  /** How late a relay may notice that it is its turn, however rarely it looks otherwise. */
  private static final Duration LONGEST_BEAT = Duration.ofSeconds(1);

  private final List<DatabaseRelays> databases = new ArrayList<>();
  private final List<Long> timers = new ArrayList<>();

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, OutboxConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Postgres.class, Shards.class);
  }

  /** One has the work of a node; more of them only share it out. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    OutboxConfig config = node().config(SECTION, OutboxConfig.defaults());
    Shards shards = node().resource(Shards.class);
    return Outbox.prepare(node(), shards).onSuccess(prepared -> start(config, shards));
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    return Future.join(databases.stream().map(DatabaseRelays::stop).toList())
        .timeout(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private void start(OutboxConfig config, Shards shards) {
    Claims claims = node().shared("outbox:claims", Claims::new);
    Duration poll = config.pollInterval();
    Duration beat = poll.compareTo(LONGEST_BEAT) < 0 ? poll : LONGEST_BEAT;
    for (ShardDatabase database : shards.databases().values()) {
      DatabaseRelays relays = relays(config, shards, claims, database);
      databases.add(relays);
      relays.beat();
      timers.add(vertx.setPeriodic(beat.toMillis(), tick -> relays.beat()));
    }
  }

  private DatabaseRelays relays(
      OutboxConfig config, Shards shards, Claims claims, ShardDatabase database) {
    String name = database.name();
    Postgres postgres = database.primary();
    SplittableRandom random = new SplittableRandom();
    Backoff retries = new Backoff(config.firstRetry(), config.longestRetry(), random::nextDouble);
    Backoff pauses = new Backoff(config.firstRetry(), config.longestPause(), random::nextDouble);
    RelayTable table = new RelayTable(postgres);
    RelayMeters meters =
        node()
            .shared(
                "outbox:meters:" + name,
                () -> new RelayMeters(node().meters(), name, System::nanoTime));
    Retention retention = new Retention(postgres, config.retention(), Retention.ROWS);
    return new DatabaseRelays(
        database,
        shards,
        claims,
        retention,
        config.pollInterval(),
        context,
        new DatabaseRelays.Parts() {
          @Override
          public Future<Singletons> singletons() {
            return Subscriptions.prepare(node(), name, postgres)
                .compose(prepared -> Singletons.of(node(), vertx, postgres, name));
          }

          @Override
          public Relay relay(String relay, Relay.Sleep sleep) {
            Deliveries deliveries =
                new Deliveries(bus(), config.deliverTimeout(), pauses, System::nanoTime, random);
            return new Relay(relay, table, deliveries, retries, config, meters, sleep);
          }
        });
  }
}
