package dev.starling.recommendations;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.outbox.EventConsumer;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.UserPath;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts what is bought together, and recommends by it. */
public final class RecommendationsVerticle extends ServiceVerticle {
  private static final String SECTION = "recommendations";

  private final LongSupplier nanoTime;
  private @Nullable Recommendations recommendations;

  public RecommendationsVerticle() {
    this(System::nanoTime);
  }

  /** For tests that set the time of the cache. */
  RecommendationsVerticle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, RecommendationsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/users/{id}/recommendations", RecommendationsView.class, this::show)
        .id("recommendations.list")
        .summary("Recommends what goes with what a user bought, the best first")
        .path(UserPath.class)
        .query(RecommendationsQuery.class)
        .refuses(Refusal.FORBIDDEN);
  }

  @Override
  protected Future<?> open() {
    RecommendationsConfig config = node().config(SECTION, RecommendationsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    EventConsumer consumer =
        new EventConsumer(
            shards,
            name(),
            Set.of(OrderEvents.PLACED, OrderEvents.CANCELLED),
            new Counting(config.maxSkusPerOrder()));
    recommendations =
        node()
            .shared(
                "recommendations",
                () ->
                    new Recommendations(
                        new ScatterRead(shards, config.databaseTimeout()), config, nanoTime));
    return consumer
        .prepare(node(), "classpath:db/recommendations", getClass().getClassLoader())
        .compose(
            prepared ->
                serve(
                    consumer.address(), BookingDelay.measured(node(), name(), consumer::receive)));
  }

  private Future<Reply<RecommendationsView>> show(Call call) {
    UserPath path = call.path(UserPath.class);
    Reply<RecommendationsView> refused = path.refusedTo(call.principal());
    return refused != null
        ? Future.succeededFuture(refused)
        : recommendations()
            .of(path.userId(), call.query(RecommendationsQuery.class).limit(), call.context());
  }

  private Recommendations recommendations() {
    if (recommendations == null) {
      throw new IllegalStateException("not open");
    }
    return recommendations;
  }
}
