package dev.starling.ratelimiter;

import io.vertx.core.Future;
import java.util.List;

/**
 * Somebody who keeps shared buckets and can be asked for permits.
 *
 * <p>Threading: called on the context of one limiter, on which its futures complete.
 */
interface Lender {

  /**
   * Asks for all of these or none, as far as one question can. When the future completes every
   * lease has been told what came of it; it fails when one of them had no answer.
   */
  Future<Void> lend(List<Ask> asks);
}
