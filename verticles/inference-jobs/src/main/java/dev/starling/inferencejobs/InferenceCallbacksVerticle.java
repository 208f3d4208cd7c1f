package dev.starling.inferencejobs;

import dev.starling.contract.event.EventContract;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;

/** Tells those whom clients named that a job has ended, through web-hooks. */
public final class InferenceCallbacksVerticle extends ServiceVerticle {

  /** It waits for receivers most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    return WebhookSender.of(node(), vertx)
        .compose(
            sender -> {
              Callbacks callbacks = new Callbacks(sender);
              return serve(
                  EventContract.deliver(JobEvents.CALLBACKS),
                  BookingDelay.measured(node(), JobEvents.CALLBACKS, callbacks::receive));
            });
  }
}
