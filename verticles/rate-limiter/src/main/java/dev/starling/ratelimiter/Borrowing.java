package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.rule.Sharing;
import dev.starling.ratelimiter.RateLimiter.Shortage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Decides calls, and borrows what they lack: leases that run low are filled up in the background,
 * and a call waits only where its lease has too little. A call that has waited for its patience is
 * decided by this node's share, so none fails because a lender does.
 *
 * <p>Not thread-safe: confined to the context of one limiter.
 */
final class Borrowing {
  /** The budget of a call that must wait. */
  static final Duration PATIENCE = Duration.ofMillis(20);

  private final Vertx vertx;
  private final Context context;
  private final RateLimiter limiter;
  private final Lenders lenders;
  private final Lender redis;
  private final Lender nodes;
  private final LimiterMeters meters;
  private final LongSupplier nanos;
  private final long patienceMillis;

  /**
   * @param redis asked for rules that are shared through Redis
   * @param nodes asked for rules that the cluster shares
   */
  Borrowing(
      Vertx vertx,
      Context context,
      RateLimiter limiter,
      Lenders lenders,
      Lender redis,
      Lender nodes,
      LimiterMeters meters,
      LongSupplier nanos,
      Duration patience) {
    this.vertx = vertx;
    this.context = context;
    this.limiter = limiter;
    this.lenders = lenders;
    this.redis = redis;
    this.nodes = nodes;
    this.meters = meters;
    this.nanos = nanos;
    this.patienceMillis = patience.toMillis();
  }

  Future<Decision> decide(Spend call) {
    Decision decision = limiter.trySpend(call, nanos.getAsLong());
    if (decision == null) {
      return new WaitingCall(call).begin(limiter.shortages());
    }
    fillUp();
    return Future.succeededFuture(decision);
  }

  private void fillUp() {
    if (!limiter.hasLow()) {
      return;
    }
    for (Lease lease : limiter.low()) {
      int want = beginAsking(lease, 0);
      if (want > 0) {
        // Whether it succeeds, the lease knows.
        lend(lenderOf(lease), List.of(new Ask(lease, 1, want)));
      }
    }
  }

  private Future<Void> lend(Lender lender, List<Ask> asks) {
    return lender
        .lend(asks)
        .onSuccess(lent -> asks.forEach(ask -> limiter.charge(ask.lease(), nanos.getAsLong())));
  }

  private int beginAsking(Lease lease, int need) {
    return lease.beginAsking(need, lease.rule().largestBlock(lenders.nodes()), nanos.getAsLong());
  }

  private Lender lenderOf(Lease lease) {
    return lease.rule().sharing() == Sharing.REDIS ? redis : nodes;
  }

  /** A call whose leases have too little. */
  private final class WaitingCall {
    private final Spend call;
    private final Promise<Decision> decided = Promise.promise();
    private final long begunNanos = System.nanoTime();
    private long timer;
    private boolean ended;

    WaitingCall(Spend call) {
      this.call = call;
    }

    Future<Decision> begin(List<Shortage> shortages) {
      timer = vertx.setTimer(patienceMillis, late -> decideAlone());
      borrow(shortages);
      return decided.future();
    }

    private void tryAgain() {
      if (ended) {
        return;
      }
      Decision decision = limiter.trySpend(call, nanos.getAsLong());
      if (decision == null) {
        borrow(limiter.shortages());
      } else {
        fillUp();
        end(decision);
      }
    }

    /** Waits for a request that is under way, or else asks for everything in one go. */
    private void borrow(List<Shortage> shortages) {
      for (Shortage shortage : shortages) {
        if (shortage.lease().isAsking()) {
          await(shortage);
          return;
        }
      }
      List<Ask> asks = new ArrayList<>();
      for (Shortage shortage : shortages) {
        int want = beginAsking(shortage.lease(), shortage.need());
        if (want == 0) {
          // Another event loop was faster.
          asks.forEach(ask -> ask.lease().unanswered());
          await(shortage);
          return;
        }
        asks.add(new Ask(shortage.lease(), shortage.need(), want));
      }
      Map<Lender, List<Ask>> byLender =
          asks.stream().collect(Collectors.groupingBy(ask -> lenderOf(ask.lease())));
      Future.join(byLender.entrySet().stream().map(of -> lend(of.getKey(), of.getValue())).toList())
          .onComplete(
              answered -> {
                if (answered.succeeded()) {
                  tryAgain();
                } else {
                  decideAlone();
                }
              });
    }

    private void await(Shortage shortage) {
      Runnable retry = () -> context.runOnContext(answered -> tryAgain());
      if (shortage.lease().await(shortage.need(), retry)) {
        return;
      }
      if (shortage.lease().isAsking()) {
        decideAlone(); // more than the bound wait already
      } else {
        retry.run();
      }
    }

    private void decideAlone() {
      if (!ended) {
        meters.decidedAlone();
        end(limiter.spend(call, nanos.getAsLong()));
      }
    }

    private void end(Decision decision) {
      ended = true;
      vertx.cancelTimer(timer);
      meters.waited(System.nanoTime() - begunNanos);
      decided.complete(decision);
    }
  }
}
