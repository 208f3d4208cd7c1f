package dev.starling.fusion;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.Shards;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands to {@code devices} as soon as they are committed: somebody waits for them, and
 * the outbox, which brings each of them too, has more to do. {@code devices} books a command once,
 * whoever brings it, and in whatever order. Confined to an instance's context.
 *
 * <p>Nothing depends on it: what it cannot bring, or has no room for, comes by the outbox.
 */
final class Courier {
  private static final Logger log = LoggerFactory.getLogger(Courier.class);

  /** The name of {@code devices} as a consumer of events. */
  private static final String CONSUMER = "devices";

  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** Under way at a time; more of them than there are connections would only wait for those. */
  private static final int MOST = 8;

  private final Bus bus;
  private final RandomGenerator random;
  private int underWay;

  Courier(Bus bus, RandomGenerator random) {
    this.bus = bus;
    this.random = random;
  }

  /** Brings what was committed; never fails. */
  void bring(OutboxEvent command) {
    if (underWay >= MOST) {
      return;
    }
    underWay++;
    CallContext call =
        CallContext.expiringAt(System.nanoTime() + LIMIT.toNanos(), TraceContext.start(random));
    bus.call(
            EventContract.deliver(CONSUMER),
            new EventBatch(Shards.of(command.owner()), List.of(event(command))),
            call)
        .onFailure(failure -> log.debug("A command comes by the outbox", failure))
        .onComplete(done -> underWay--);
  }

  private static Event event(OutboxEvent command) {
    return new Event(
        command.id().toString(),
        command.source(),
        command.type(),
        command.subject(),
        command.aggregate(),
        command.owner().toString(),
        command.time().toString(),
        command.traceparent(),
        command.data());
  }
}
