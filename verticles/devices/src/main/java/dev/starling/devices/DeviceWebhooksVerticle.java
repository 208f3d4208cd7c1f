package dev.starling.devices;

import dev.starling.contract.event.EventContract;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import java.util.Set;

/** Sends commands to devices that have registered a web-hook. */
public final class DeviceWebhooksVerticle extends ServiceVerticle {

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for receivers most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    Shards shards = node().resource(Shards.class);
    return Schema.prepare(node(), shards)
        .compose(prepared -> WebhookSender.of(node(), vertx))
        .compose(
            sender -> {
              WebhookCalls calls =
                  new WebhookCalls(shards, sender, node().clock(), CommandMeters.of(node()));
              return serve(
                  EventContract.deliver(WebhookEvents.CONSUMER),
                  BookingDelay.measured(node(), WebhookEvents.CONSUMER, calls::receive));
            });
  }
}
