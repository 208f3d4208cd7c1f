package dev.starling.ratelimiter;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Lend;
import dev.starling.contract.ratelimit.RateLimitContract.LendRefused;
import dev.starling.contract.ratelimit.RateLimitContract.Lending;
import dev.starling.contract.ratelimit.RateLimitContract.Lent;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Keeps buckets on the nodes of the cluster, each on one of them. Of several rules each is asked by
 * itself: what one lends although another refuses stays with the lease, for the next call.
 */
final class NodeLender implements Lender {
  private final Bus bus;
  private final NodeLenders lenders;
  private final LongSupplier nanos;
  private final Duration limit;

  /**
   * @param limit how long a node may take to answer
   */
  NodeLender(Bus bus, NodeLenders lenders, LongSupplier nanos, Duration limit) {
    this.bus = bus;
    this.lenders = lenders;
    this.nanos = nanos;
    this.limit = limit;
  }

  @Override
  public Future<Void> lend(List<Ask> asks) {
    return Future.join(asks.stream().map(this::lend).toList()).mapEmpty();
  }

  private Future<Void> lend(Ask ask) {
    Lease lease = ask.lease();
    Rule rule = lease.rule();
    String node = lenders.nodeOf(lease);
    long askedNanos = nanos.getAsLong();
    // Not safe to retry: another node keeps other buckets.
    CallContext call =
        CallContext.expiringAt(
                System.nanoTime() + limit.toNanos(),
                TraceContext.start(ThreadLocalRandom.current()))
            .withSafeToRetry(false);
    Lend request = new Lend(rule.name(), rule.numbers(), lease.key(), ask.need(), ask.want());
    return bus.call(RateLimitContract.lend(node), request, call)
        .transform(
            answered -> {
              long now = nanos.getAsLong();
              Lending answer = answered.result();
              if (answer instanceof Lent lent) {
                lease.lent(lent, askedNanos, now);
                return Future.succeededFuture();
              } else if (answer instanceof LendRefused refused) {
                lease.refused(refused, ask.need(), now);
                return Future.succeededFuture();
              }
              if (answered.failed()) {
                lenders.nodeWasLate(node, now);
              }
              lease.unanswered();
              return Future.failedFuture("no permits from " + node);
            });
  }
}
