package dev.starling.sink;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Gives batches to a sink and says what came of them. Thread-safe. */
final class Copying {
  /** What is kept of the caller's time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(50);

  private final EventSink sink;
  private final Set<String> types;

  Copying(EventSink sink, Set<String> types) {
    this.sink = sink;
    this.types = Set.copyOf(types);
  }

  /** Fails as {@link ErrorCode#UNAVAILABLE} while the sink is away. */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    List<Event> wanted =
        batch.events().stream().filter(event -> types.contains(event.type())).toList();
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    if (left.isNegative()) {
      return Future.failedFuture(new BusException(ErrorCode.EXPIRED, "no time was left for it"));
    }
    return sink.append(new EventBatch(batch.shard(), wanted), left)
        .compose(outcome -> receipt(batch, outcome));
  }

  private Future<Receipt> receipt(EventBatch batch, EventSink.Outcome outcome) {
    if (outcome instanceof EventSink.Away away) {
      return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, away.reason()));
    }
    Settled settled =
        outcome instanceof EventSink.Unknown unknown
            ? new Settled(Verdict.LATER, unknown.reason())
            : Settled.DONE;
    return Future.succeededFuture(
        new Receipt(
            batch.events().stream()
                .map(event -> types.contains(event.type()) ? settled : Settled.DONE)
                .toList()));
  }
}
