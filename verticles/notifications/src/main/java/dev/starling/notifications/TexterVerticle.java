package dev.starling.notifications;

import dev.starling.contract.event.EventContract;
import dev.starling.notifications.NotificationsConfig.SmsConfig;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.webhook.WebhookSender;
import dev.starling.webhook.WebhooksConfig;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/**
 * Sends the text messages that notifications request, through a web-hook. Without one in its
 * configuration it takes nothing, so requests wait for a node that has one.
 *
 * <p>Its settings are those of {@link NotificationsVerticle}, and those of web-hooks, for which it
 * speaks: a section has one verticle.
 */
public final class TexterVerticle extends ServiceVerticle {

  @Override
  public Map<String, Record> settings() {
    return Map.of(WebhookSender.SECTION, WebhooksConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for the web-hook most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    SmsConfig config = node().config(Schema.SECTION, NotificationsConfig.defaults()).sms();
    if (!config.configured()) {
      return Future.succeededFuture();
    }
    Shards shards = node().resource(Shards.class);
    return Schema.prepare(node(), shards)
        .compose(prepared -> WebhookSender.of(node(), vertx))
        .compose(sender -> serve(config, shards, sender));
  }

  private Future<Void> serve(SmsConfig config, Shards shards, WebhookSender sender) {
    String problem = sender.problemOf(config.url());
    if (problem != null) {
      return Future.failedFuture(new ConfigException("notifications.sms.url: " + problem));
    }
    Dispatch dispatch =
        new Dispatch(
            new NotificationStore(shards),
            Channel.SMS,
            new TextCarrier(sender, config.url()),
            sender.timeout(),
            sender.maxInFlight(),
            node().clock());
    return serve(
        EventContract.deliver(name()), BookingDelay.measured(node(), name(), dispatch::receive));
  }
}
