package dev.starling.postgres.outbox;

import dev.starling.bus.Bus.Responder;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.Timer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Measures how far a consumer is behind: the timer {@code events.booked.delay}, from when an event
 * happened, by the clock of the node where it did, until the consumer here said that it is done.
 *
 * <p>Thread-safe. An event that comes again because an answer was lost is measured again.
 */
public final class BookingDelay {
  private final Timer timer;
  private final InstantSource clock;

  private BookingDelay(Timer timer, InstantSource clock) {
    this.timer = timer;
    this.clock = clock;
  }

  /** The same consumer, measured. */
  public static Responder<EventBatch, Receipt> measured(
      NodeScope node, String consumer, Responder<EventBatch, Receipt> receiver) {
    Timer timer =
        Timer.builder("events.booked.delay")
            .description("From when an event happened until the consumer had booked it")
            .tag("consumer", consumer)
            .register(node.meters());
    BookingDelay delay = new BookingDelay(timer, node.clock());
    return (batch, context) ->
        receiver
            .respond(batch, context)
            .onSuccess(receipt -> delay.booked(batch.events(), receipt));
  }

  private void booked(List<Event> events, Receipt receipt) {
    Instant now = clock.instant();
    for (int i = 0; i < events.size() && i < receipt.events().size(); i++) {
      if (receipt.events().get(i).verdict() == Verdict.DONE) {
        booked(events.get(i), now);
      }
    }
  }

  private void booked(Event event, Instant now) {
    try {
      Duration delay = Duration.between(Instant.parse(event.time()), now);
      // Clocks of two nodes differ.
      timer.record(delay.isNegative() ? Duration.ZERO : delay);
    } catch (DateTimeException unreadable) {
      // Whoever wrote it is the only one who could say when it happened.
    }
  }
}
