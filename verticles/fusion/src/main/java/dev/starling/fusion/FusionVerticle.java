package dev.starling.fusion;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.PieceBudget;
import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.fusion.FusionContract;
import dev.starling.contract.fusion.FusionContract.Decided;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.EventTimeResolver;
import dev.starling.fusion.core.Resolver;
import dev.starling.postgres.Candidacy;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Conversation;
import dev.starling.sdk.Members;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.TimeOrderedIds;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes events of users' devices, decides what utterances mean, and shows and explains decisions;
 * configured by section {@code fusion}.
 */
public final class FusionVerticle extends ServiceVerticle {
  private static final String SECTION = FusionContract.SERVICE;

  /** Pictures are looked at meanwhile. */
  private static final Duration TAKING = Duration.ofSeconds(10);

  /** The longest that a client may wait for a decision, and a little. */
  private static final Duration WAITING =
      Duration.ofMillis(DecisionQuery.MAX_WAIT_MS).plusSeconds(5);

  /** How late a decision may be seen by those who wait, when nobody told of it. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Supplier<Resolver> core;
  private final List<Long> timers = new ArrayList<>();
  private final List<Candidacy> candidacies = new ArrayList<>();
  private @Nullable EventReader reader;
  private @Nullable Intake intake;
  private @Nullable Decisions decisions;
  private @Nullable LogQueue log;
  private @Nullable DueQueue due;

  /** With the core that ships. */
  public FusionVerticle() {
    this(EventTimeResolver::create);
  }

  /**
   * @param core makes what decides, once for each node; may block
   */
  FusionVerticle(Supplier<Resolver> core) {
    this.core = core;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, FusionConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    FusionConfig config = configured(SECTION, FusionConfig.defaults());
    on.raw("POST", "/v1/fusion/events", (call, body) -> opened(intake).take(call, body))
        .id("fusion.events")
        .summary("Takes what was said, seen and done, once for each source and id")
        .takes(MediaTypes.ONE, EventSchemas.EVENT)
        .takes(MediaTypes.BATCH, EventSchemas.BATCH)
        .takes(MediaTypes.JSON, EventSchemas.OBJECT)
        .takes(MediaTypes.TEXT, "")
        .takes(MediaTypes.JPEG, "")
        .takes(MediaTypes.PNG, "")
        .gives(MediaTypes.JSON, EventSchemas.ACCEPTED)
        .wants(RequestReader.headers())
        .answers(Kind.ACCEPTED)
        .safeToRetry()
        .deadline(TAKING)
        .maxBodyBytes(config.maxBodyBytes())
        .refuses(
            Refusal.FORBIDDEN,
            Refusal.MALFORMED,
            Refusal.INVALID,
            Refusal.UNSUPPORTED_MEDIA_TYPE,
            Refusal.UNKNOWN_OUTCOME);
    on.socket("/v1/fusion/stream", JsonNode.class, EventAck.class, this::socket)
        .id("fusion.stream")
        .summary("Takes events, each a structured CloudEvent, and says what became of it")
        .refuses(Refusal.FORBIDDEN);
    on.get("/v1/fusion/decisions", DecisionView.class, call -> opened(decisions).find(call))
        .id("fusion.find-decision")
        .summary("Shows what an utterance of the caller meant, once it is decided")
        .query(DecisionQuery.class)
        .deadline(WAITING)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.get(
            "/v1/fusion/decisions/{utterance}/explanation",
            ExplanationView.class,
            call -> opened(decisions).explain(call))
        .id("fusion.explain-decision")
        .summary("Shows why a decision of the caller is what it is")
        .path(UtterancePath.class)
        .query(ExplanationQuery.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.stream(
            "/v1/fusion/decisions/stream",
            DecisionView.class,
            call -> opened(decisions).stream(call))
        .id("fusion.decisions")
        .summary("Shows the caller's decisions as they are made")
        .refuses(Refusal.FORBIDDEN);
  }

  private Future<Reply<Conversation<JsonNode, EventAck>>> socket(Call call) {
    UUID user = Intake.user(call);
    return Future.succeededFuture(
        user == null
            ? Intake.noUser()
            : Reply.ok(new EventSocket(user, call.context(), opened(reader), opened(intake))));
  }

  @Override
  protected Future<?> open() {
    FusionConfig config = node().config(SECTION, FusionConfig.defaults());
    Shards shards = node().resource(Shards.class);
    ClassLoader migrations = getClass().getClassLoader();
    return Outbox.prepare(node(), shards)
        .compose(
            prepared ->
                node()
                    .once(
                        "fusion:schema",
                        () -> shards.migrate(SECTION, "classpath:db/fusion", migrations)))
        .compose(migrated -> retain(config, shards))
        .compose(
            candidate -> vertx.executeBlocking(() -> node().shared("fusion:core", core), false))
        .compose(resolver -> begin(config, shards, resolver));
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    if (log != null) {
      log.close();
    }
    if (due != null) {
      due.close();
    }
    return Future.join(candidacies.stream().map(Candidacy::leave).toList());
  }

  private Future<Void> begin(FusionConfig config, Shards shards, Resolver resolver) {
    FusionMeters meters = FusionMeters.of(node());
    EventLog events = new EventLog(shards);
    DecisionStore store = new DecisionStore(shards);
    Members members = node().find(Members.class).orElseGet(() -> Members.alone(node().nodeId()));
    FusionOwners owners = new FusionOwners(members);
    RecentUsers recent = node().shared("fusion:recent", () -> new RecentUsers(node().clock()));
    Sweep sweep =
        node()
            .shared("fusion:sweep", () -> new Sweep(shards, store, owners, recent, node().clock()));
    Texts texts = new Texts(bus(), config.embedTimeout(), meters);
    Decider decider = decider(config, resolver, events, store, recent, texts, meters);
    DueQueue waiting = new DueQueue(vertx, node().clock(), decider::work);
    due = waiting;
    Owner owner =
        new Owner(
            vertx,
            bus(),
            owners,
            waiting,
            store,
            decider,
            recent,
            node().shared("fusion:clocks", ClockHints::new),
            tells(resolver),
            config.lateness(),
            new Random());
    DecisionWatch watch = new DecisionWatch(config.maxWatchers(), meters);
    decisions = new Decisions(vertx, events, store, watch, node().clock());
    take(config, shards, events, owner, texts, meters);
    every(Sweep.BEAT, () -> sweep.beat(System.nanoTime(), decider::work));
    every(LOOK, watch::lookAll);
    return subscribe(FusionContract.DECIDED, watch::decided)
        .compose(heard -> serve(FusionContract.noticed(node().nodeId()), owner::hear))
        .compose(served -> serve(FusionContract.EXPLAIN, opened(decisions)::explain));
  }

  private Decider decider(
      FusionConfig config,
      Resolver resolver,
      EventLog events,
      DecisionStore store,
      RecentUsers recent,
      Texts texts,
      FusionMeters meters) {
    Timelines timelines =
        node()
            .shared(
                "fusion:timelines",
                () -> {
                  Timelines made =
                      new Timelines(
                          events,
                          tells(resolver),
                          node().clock(),
                          config.retention(),
                          config.timelineBytes(),
                          new Random());
                  meters.gauge("fusion.timelines.bytes", "Memory that timelines take", made::bytes);
                  meters.gauge(
                      "fusion.timelines.users", "Users whose timeline is in memory", made::users);
                  return made;
                });
    Resolution resolution =
        new Resolution(
            vertx,
            resolver,
            new KnownDevices(bus()),
            texts,
            config.lateness(),
            ZoneId.of(config.zone()),
            meters);
    Courier courier = new Courier(bus(), new Random());
    TimeOrderedIds ids = new TimeOrderedIds(new SecureRandom()::nextLong);
    return new Decider(
        vertx,
        timelines,
        events,
        store,
        resolution,
        new FusionNews(() -> ids.next(node().clock().instant()), config.commandTtl()),
        config,
        node().clock(),
        () -> ids.next(node().clock().instant()),
        new Random(),
        node().shared("fusion:in-work", ConcurrentHashMap::newKeySet),
        stored -> {
          UserKey utterance = stored.utterance();
          recent.add(utterance.user(), stored.closesAt(), stored.latest());
          // Not what takes a command back: that has to come after it.
          stored.told().stream()
              .filter(event -> event.type().equals(FusionEvents.COMMAND))
              .forEach(courier::bring);
          bus()
              .publish(
                  FusionContract.DECIDED,
                  new Decided(
                      utterance.user().toString(),
                      utterance.key().source(),
                      utterance.key().id(),
                      stored.revision()));
        },
        meters);
  }

  /** Whether something says more than how its device's clock goes. */
  private static Predicate<Content> tells(Resolver resolver) {
    return resolver::matters;
  }

  private void take(
      FusionConfig config,
      Shards shards,
      EventLog events,
      Owner owner,
      Texts texts,
      FusionMeters meters) {
    LogQueue queue =
        new LogQueue(context, shards, events, config, meters.waiting(), System::nanoTime);
    log = queue;
    EventReader one =
        new EventReader(config.maxBatchEvents(), config.maxImageBytes(), config.retention());
    reader = one;
    PieceBudget budget = node().shared("fusion:pictures", PieceBudget::ofHeap);
    intake =
        new Intake(
            vertx,
            new RequestReader(one),
            new Features(new Pictures(vertx, bus(), budget)),
            queue,
            owner,
            node().clock(),
            meters);
  }

  private Future<?> retain(FusionConfig config, Shards shards) {
    List<Future<Void>> begun = new ArrayList<>();
    for (ShardDatabase database : shards.databases().values()) {
      FusionRetention retention =
          node()
              .shared(
                  "fusion:retention:" + database.name(),
                  () ->
                      new FusionRetention(
                          database.name(),
                          shards,
                          config.retention(),
                          node().clock(),
                          System::nanoTime));
      Candidacy candidacy = retention.candidacy(node(), vertx);
      candidacies.add(candidacy);
      every(FusionRetention.INTERVAL, candidacy::tick);
      begun.add(candidacy.tick());
    }
    return Future.join(begun);
  }

  private void every(Duration interval, Runnable work) {
    timers.add(vertx.setPeriodic(interval.toMillis(), tick -> work.run()));
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
