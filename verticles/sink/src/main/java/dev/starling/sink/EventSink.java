package dev.starling.sink;

import dev.starling.contract.event.EventContract.EventBatch;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Takes events out of the platform.
 *
 * <p>Threading: called on the context of an instance, on which its futures complete; several
 * instances share one, so it is thread-safe.
 */
public interface EventSink {

  /** What became of a batch. */
  sealed interface Outcome {}

  /** All of it is stored where the sink leads. */
  record Taken() implements Outcome {}

  /**
   * The sink cannot be reached or takes nothing now; nothing was sent, and that is no fault of the
   * events.
   */
  record Away(String reason) implements Outcome {}

  /** Some of it may be stored or not; all of it is to be sent again. */
  record Unknown(String reason) implements Outcome {}

  /**
   * Appends events in their order; never fails, and ends within the limit.
   *
   * @param batch events of one shard
   */
  Future<Outcome> append(EventBatch batch, Duration limit);
}
