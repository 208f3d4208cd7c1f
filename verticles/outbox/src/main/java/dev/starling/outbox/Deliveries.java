package dev.starling.outbox;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.outbox.Outcome.Failed;
import dev.starling.outbox.Outcome.NotTried;
import dev.starling.outbox.Outcome.Refused;
import dev.starling.outbox.Outcome.Taken;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Sends events to consumers over the bus, and leaves those alone for a while who do not run or have
 * no room. Confined to its relay's context.
 */
final class Deliveries {
  /**
   * Events that failed before are sent alone, or one that makes its consumer fail would take all
   * others of its batch with it. So many at a time.
   */
  static final int MAX_ALONE = 16;

  private final Bus bus;
  private final Duration timeout;
  private final Backoff pauses;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Map<String, Pause> paused = new HashMap<>();

  /**
   * @param times how often in a row
   */
  private record Pause(int times, long endNanos) {}

  Deliveries(
      Bus bus, Duration timeout, Backoff pauses, LongSupplier nanoTime, RandomGenerator random) {
    this.bus = bus;
    this.timeout = timeout;
    this.pauses = pauses;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /**
   * Sends each event to every consumer that is to be tried now; never fails.
   *
   * @return for each event, in order, what became of it at whom; some may not have been sent yet
   */
  Future<List<Map<String, Outcome>>> send(int shard, List<OpenEvent> events, long nowMillis) {
    List<Map<String, Outcome>> outcomes = new ArrayList<>();
    Map<String, List<Integer>> byConsumer = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      outcomes.add(new HashMap<>());
      for (String consumer : events.get(i).due(nowMillis)) {
        byConsumer.computeIfAbsent(consumer, first -> new ArrayList<>()).add(i);
      }
    }
    List<Future<?>> sent = new ArrayList<>();
    byConsumer.forEach(
        (consumer, places) -> {
          long pause = pauseMillis(consumer);
          if (pause > 0) {
            places.forEach(i -> outcomes.get(i).put(consumer, new NotTried(pause)));
          } else {
            for (List<Integer> batch : batches(consumer, places, events)) {
              sent.add(send(shard, consumer, batch, events, nowMillis, outcomes));
            }
          }
        });
    return Future.join(sent).map(outcomes);
  }

  private static List<List<Integer>> batches(
      String consumer, List<Integer> places, List<OpenEvent> events) {
    List<Integer> together = new ArrayList<>();
    List<List<Integer>> batches = new ArrayList<>();
    for (int i : places) {
      if (events.get(i).progress().of(consumer).attempts() == 0) {
        together.add(i);
      } else if (batches.size() < MAX_ALONE) {
        batches.add(List.of(i));
      }
    }
    if (!together.isEmpty()) {
      batches.add(together);
    }
    return batches;
  }

  private Future<Void> send(
      int shard,
      String consumer,
      List<Integer> places,
      List<OpenEvent> events,
      long nowMillis,
      List<Map<String, Outcome>> outcomes) {
    List<Event> batch = places.stream().map(i -> events.get(i).event()).toList();
    CallContext context =
        CallContext.expiringAt(nanoTime.getAsLong() + timeout.toNanos(), trace(batch.get(0)))
            .withPriority(Priority.SHEDDABLE);
    return bus.call(EventContract.deliver(consumer), new EventBatch(shard, batch), context)
        .transform(
            answer -> {
              for (int n = 0; n < places.size(); n++) {
                Outcome outcome =
                    answer.succeeded()
                        ? outcome(answer.result(), n, batch, nowMillis)
                        : outcome(consumer, answer.cause());
                outcomes.get(places.get(n)).put(consumer, outcome);
              }
              if (answer.succeeded()) {
                paused.remove(consumer);
              }
              return Future.succeededFuture();
            });
  }

  /** A batch goes with the trace of its first event; each event carries its own. */
  private TraceContext trace(Event first) {
    TraceContext found = TraceContext.parse(first.traceparent(), null);
    return found == null ? TraceContext.start(random) : found.child(random);
  }

  private Outcome outcome(Receipt receipt, int place, List<Event> batch, long nowMillis) {
    if (receipt.events().size() != batch.size()) {
      return new Failed(
          "%d verdicts (expected: %d)".formatted(receipt.events().size(), batch.size()));
    }
    Settled settled = receipt.events().get(place);
    return switch (settled.verdict()) {
      case DONE -> new Taken();
      case LATER -> new Failed(settled.reason());
      case NEVER -> new Refused(settled.reason());
      case POSTPONED -> new NotTried(pauses.byAgeMillis(age(batch.get(place), nowMillis)));
    };
  }

  private static Duration age(Event event, long nowMillis) {
    return Duration.between(Instant.parse(event.time()), Instant.ofEpochMilli(nowMillis));
  }

  private Outcome outcome(String consumer, Throwable failure) {
    ErrorCode code = failure instanceof BusException known ? known.code() : ErrorCode.INTERNAL;
    return switch (code) {
      case UNAVAILABLE, OVERLOADED, EXPIRED -> new NotTried(pause(consumer));
      case INVALID_ARGUMENT,
          DEADLINE_EXCEEDED,
          NODE_LOST,
          INTERNAL,
          UNKNOWN_OUTCOME,
          CANCELLED,
          REPLY_TOO_LARGE ->
          new Failed(String.valueOf(failure));
    };
  }

  /** Begins or keeps a pause, and gives what is left of it. */
  private long pause(String consumer) {
    long left = pauseMillis(consumer);
    if (left > 0) {
      return left;
    }
    Pause before = paused.get(consumer);
    int times = before == null ? 1 : before.times + 1;
    long millis = pauses.afterMillis(times);
    paused.put(
        consumer, new Pause(times, nanoTime.getAsLong() + Duration.ofMillis(millis).toNanos()));
    return millis;
  }

  /** What is left of a pause; 0 when there is none. */
  private long pauseMillis(String consumer) {
    Pause pause = paused.get(consumer);
    return pause == null
        ? 0
        : Math.max(0, Duration.ofNanos(pause.endNanos - nanoTime.getAsLong()).toMillis());
  }
}
