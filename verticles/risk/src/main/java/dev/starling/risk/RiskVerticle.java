package dev.starling.risk;

import dev.starling.contract.event.EventContract;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.risk.ScoreLookup.Absent;
import dev.starling.risk.ScoreLookup.Finding;
import dev.starling.risk.ScoreLookup.Found;
import dev.starling.sdk.BusReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Scores orders, and shows the scores to those who may see them. */
public final class RiskVerticle extends ServiceVerticle {
  private static final String SECTION = "risk";
  private static final String SCOPE = "risk:read";

  private @Nullable Scorer scorer;
  private @Nullable ScoreLookup lookup;
  private Thresholds thresholds = RiskConfig.defaults().thresholds();

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, RiskConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/orders/{id}/risk", RiskView.class, this::show)
        .id("risk.get")
        .summary("Shows how risky an order was found to be, and why")
        .path(OrderPath.class)
        .scope(SCOPE)
        .refuses(Refusal.ABSENT);
    on.post("/v1/risk/score", WhatIf.class, RiskView.class, this::score)
        .id("risk.score")
        .summary("Scores an order that does not exist")
        .scope(SCOPE)
        .safeToRetry();
  }

  @Override
  protected Future<?> open() {
    RiskConfig config = node().config(SECTION, RiskConfig.defaults());
    Shards shards = node().resource(Shards.class);
    thresholds = config.thresholds();
    lookup = new ScoreLookup(shards);
    Scorer model = new Scorer(bus(), config.model(), config.modelTimeout());
    scorer = model;
    Scoring scoring =
        new Scoring(
            shards,
            new RiskStore(),
            model,
            node().clock(),
            new ScoreMeters(node().meters(), thresholds));
    return Outbox.prepare(node(), shards)
        .compose(prepared -> node().once("risk:schema", () -> prepare(shards)))
        .compose(
            subscribed ->
                serve(
                    EventContract.deliver(name()),
                    BookingDelay.measured(node(), name(), scoring::receive)));
  }

  private Future<Void> prepare(Shards shards) {
    return shards
        .migrate(name(), "classpath:db/risk", getClass().getClassLoader())
        .compose(
            migrated ->
                Outbox.subscribe(
                    shards, name(), Set.of(OrderEvents.PLACED, OrderEvents.CANCELLED)));
  }

  private Future<Reply<RiskView>> show(Call call) {
    UUID order = UUID.fromString(call.path(OrderPath.class).id());
    return open(lookup).find(order, call.context()).map(finding -> show(order, finding));
  }

  private Reply<RiskView> show(UUID order, Finding finding) {
    if (finding instanceof Found found) {
      return Reply.ok(RiskView.of(order, found.assessment(), thresholds, found.scoredAt()));
    }
    return finding instanceof Absent
        ? Reply.refused(Refusal.ABSENT, "there is no such order, or it has no score yet")
        : Reply.refused(Refusal.NOT_EXECUTED, "a database did not answer; it may have the order");
  }

  private Future<Reply<RiskView>> score(Call call, WhatIf order) {
    return open(scorer)
        .score(List.of(order.features()), call.context())
        .map(scored -> Reply.ok(RiskView.of(null, scored.get(0), thresholds, /* scoredAt= */ null)))
        .recover(failure -> BusReplies.refusal(failure, "the model cannot be asked now"));
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
