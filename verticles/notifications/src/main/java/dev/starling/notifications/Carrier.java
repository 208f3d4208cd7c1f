package dev.starling.notifications;

import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract.Settled;
import io.vertx.core.Future;

/** Takes a notification out of the platform, once. */
@FunctionalInterface
interface Carrier {

  /**
   * Sends a notification and says what came of it; never fails, and ends by the context's deadline.
   *
   * @param requestId names this sending at each attempt
   */
  Future<Settled> send(Notification notification, String requestId, CallContext context);
}
