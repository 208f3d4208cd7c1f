package dev.starling.notifications;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes notifications, requests that they be sent, and shows them. */
public final class NotificationsVerticle extends ServiceVerticle {
  private @Nullable NotificationStore store;

  @Override
  public Map<String, Record> settings() {
    return Map.of(Schema.SECTION, NotificationsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/users/{id}/notifications", NotificationPage.class, this::list)
        .id("notifications.list")
        .summary("Lists what a user was told, the newest first")
        .path(UserPath.class)
        .query(PageQuery.class)
        .refuses(Refusal.FORBIDDEN);
  }

  @Override
  protected Future<?> open() {
    NotificationsConfig config = node().config(Schema.SECTION, NotificationsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    store = new NotificationStore(shards);
    List<Channel> channels = new ArrayList<>();
    if (config.smtp().configured()) {
      channels.add(Channel.EMAIL);
    }
    if (config.sms().configured()) {
      channels.add(Channel.SMS);
    }
    EventConsumer consumer =
        new EventConsumer(
            shards,
            name(),
            Set.of(OrderEvents.PLACED, OrderEvents.CANCELLED),
            new Telling(channels));
    return Schema.prepare(node(), shards)
        .compose(prepared -> node().once("notifications:subscribed", consumer::subscribe))
        .compose(
            subscribed ->
                serve(
                    consumer.address(), BookingDelay.measured(node(), name(), consumer::receive)));
  }

  private Future<Reply<NotificationPage>> list(Call call) {
    UserPath path = call.path(UserPath.class);
    PageQuery page = call.query(PageQuery.class);
    Reply<NotificationPage> refused = path.refusedTo(call.principal());
    if (refused == null) {
      refused = page.refused();
    }
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return store()
        .page(path.userId(), page.after(), page.limit() + 1, call.context())
        .map(found -> Reply.ok(NotificationPage.of(found, page.limit())))
        .recover(SqlReplies::refusal);
  }

  private NotificationStore store() {
    if (store == null) {
      throw new IllegalStateException("not open");
    }
    return store;
  }
}
