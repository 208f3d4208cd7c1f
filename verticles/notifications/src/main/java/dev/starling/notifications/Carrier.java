package dev.starling.notifications;

import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract.Settled;
import io.vertx.core.Future;

/** Takes a notification out of the platform, once. */
@FunctionalInterface
interface Carrier {

  /**
   * Sends a notification and says what came of it, by the context's deadline.
   *
   * <p>Fails as {@link dev.starling.bus.ErrorCode#UNAVAILABLE} or {@link
   * dev.starling.bus.ErrorCode#OVERLOADED} when what it sends with is away or has no room: that is
   * no fault of the notification, and does not count as one.
   *
   * @param requestId names this sending at each attempt
   */
  Future<Settled> send(Notification notification, String requestId, CallContext context);
}
