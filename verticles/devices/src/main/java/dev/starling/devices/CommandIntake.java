package dev.starling.devices;

import dev.starling.bus.CallContext;
import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.devices.Issuing.Booked;
import dev.starling.postgres.outbox.EventConsumer;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the commands that fusion has decided, books each once, ends those that it takes back, and
 * tells whoever waits for them. Confined to the context of its instance.
 */
final class CommandIntake {
  /** Its name as a consumer of events. */
  static final String NAME = "devices";

  private static final Set<String> TYPES = Set.of(FusionEvents.COMMAND, FusionEvents.WITHDRAWAL);

  private final Shards shards;
  private final WebhookEvents webhooks;
  private final int maxOpenPerDevice;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final Consumer<String> changed;

  /**
   * @param changed is told of each user who has commands that are new or changed, after the commit
   */
  CommandIntake(
      Shards shards,
      WebhookEvents webhooks,
      int maxOpenPerDevice,
      InstantSource clock,
      CommandMeters meters,
      Consumer<String> changed) {
    this.shards = shards;
    this.webhooks = webhooks;
    this.maxOpenPerDevice = maxOpenPerDevice;
    this.clock = clock;
    this.meters = meters;
    this.changed = changed;
  }

  Future<Receipt> receive(EventBatch batch, CallContext context) {
    Issuing issuing = new Issuing(webhooks, maxOpenPerDevice, clock);
    // A consumer for each batch: what was booked is known when the transaction has committed.
    return new EventConsumer(shards, NAME, TYPES, issuing)
        .receive(batch, context)
        .onSuccess(receipt -> tell(batch.events(), receipt, issuing));
  }

  /** Has commands brought here, from the first time on. */
  Future<Void> subscribe() {
    return Outbox.subscribe(shards, NAME, TYPES);
  }

  private void tell(List<Event> events, Receipt receipt, Issuing issuing) {
    Set<String> users = new LinkedHashSet<>();
    for (int i = 0; i < events.size() && i < receipt.events().size(); i++) {
      Booked booked = issuing.booked().get(events.get(i).id());
      if (booked != null && receipt.events().get(i).verdict() == Verdict.DONE) {
        meters.booked(booked);
        users.add(events.get(i).owner());
      }
    }
    users.forEach(changed);
  }
}
