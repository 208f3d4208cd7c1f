package dev.starling.points;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.outbox.EventConsumer;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.UserPath;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Books points for orders, and shows them. */
public final class PointsVerticle extends ServiceVerticle {
  private static final String SECTION = "points";

  private @Nullable Ledger ledger;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, PointsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/users/{id}/points", PointsView.class, this::show)
        .id("points.get")
        .summary("Shows a user's points and what they come from, the newest first")
        .path(UserPath.class)
        .query(PageQuery.class)
        .refuses(Refusal.FORBIDDEN);
  }

  @Override
  protected Future<?> open() {
    PointsConfig config = node().config(SECTION, PointsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    ledger = new Ledger(shards);
    EventConsumer consumer =
        new EventConsumer(
            shards,
            name(),
            Set.of(OrderEvents.PLACED, OrderEvents.CANCELLED),
            new Bookkeeping(new PointsRule(config.perUnit())));
    return consumer
        .prepare(node(), "classpath:db/points", getClass().getClassLoader())
        .compose(
            prepared ->
                serve(
                    consumer.address(), BookingDelay.measured(node(), name(), consumer::receive)));
  }

  private Future<Reply<PointsView>> show(Call call) {
    UserPath path = call.path(UserPath.class);
    PageQuery page = call.query(PageQuery.class);
    Reply<PointsView> refused = path.refusedTo(call.principal());
    if (refused == null) {
      refused = page.refused();
    }
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return ledger()
        .account(path.userId(), page.after(), page.limit() + 1, call.context())
        .map(account -> Reply.ok(PointsView.of(path.userId(), account, page.limit())))
        .recover(SqlReplies::refusal);
  }

  private Ledger ledger() {
    if (ledger == null) {
      throw new IllegalStateException("not open");
    }
    return ledger;
  }
}
