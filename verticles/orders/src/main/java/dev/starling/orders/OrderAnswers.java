package dev.starling.orders;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.orders.Decision.KeyReused;
import dev.starling.orders.Decision.MixedCurrencies;
import dev.starling.orders.Decision.Placed;
import dev.starling.orders.Decision.Replayed;
import dev.starling.orders.Decision.TotalTooLarge;
import dev.starling.orders.Decision.UnknownSkus;
import dev.starling.orders.Outcome.Decided;
import dev.starling.orders.Outcome.Failed;
import dev.starling.orders.Outcome.InFlight;
import dev.starling.orders.Outcome.NotExecuted;
import dev.starling.orders.Outcome.OutOfStock;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.PositionHeader;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Says to clients how the attempt to order ended. */
final class OrderAnswers {
  static final String REPLAYED = "idempotency-replayed";

  private OrderAnswers() {}

  static Future<Reply<OrderView>> of(Outcome outcome) {
    if (outcome instanceof Failed failed) {
      return SqlReplies.refusal(new SqlException(failed.failure(), null));
    }
    return Future.succeededFuture(
        outcome instanceof Decided decided
            ? positioned(of(decided.decision()), decided.position())
            : refusal(outcome));
  }

  /** With what its caller shows to whoever it asks next. */
  static <T> Reply<T> positioned(Reply<T> reply, @Nullable Position position) {
    return position == null ? reply : PositionHeader.on(reply, position);
  }

  private static Reply<OrderView> refusal(Outcome outcome) {
    if (outcome instanceof OutOfStock out) {
      return Reply.refused(
          Refusal.CONFLICT,
          "insufficient-stock",
          "there is not enough of " + String.join(", ", out.skus()));
    }
    if (outcome instanceof InFlight) {
      return Reply.refused(
          Refusal.CONFLICT,
          "idempotency-key-in-flight",
          "a request with this key is being worked on; ask again");
    }
    return Reply.refused(
        Refusal.NOT_EXECUTED,
        outcome instanceof NotExecuted not ? not.why() : "it cannot be done now");
  }

  private static Reply<OrderView> of(Decision decision) {
    if (decision instanceof Placed placed) {
      return created(placed.order());
    }
    if (decision instanceof Replayed replayed) {
      return created(replayed.order()).header(REPLAYED, "true");
    }
    if (decision instanceof KeyReused) {
      return Reply.refused(
          Refusal.INVALID,
          "idempotency-key-reused",
          "an order with another body was placed under this key (expected: a new key)");
    }
    if (decision instanceof UnknownSkus unknown) {
      return Reply.invalid(
          unknown.lines().stream()
              .map(line -> new Violation("/lines/" + line + "/sku", "must be a product's SKU"))
              .toArray(Violation[]::new));
    }
    if (decision instanceof MixedCurrencies mixed) {
      return Reply.invalid(
          new Violation(
              "/lines/" + mixed.line() + "/sku",
              "must have a price in %s as the lines before (it is in %s)"
                  .formatted(mixed.expected(), mixed.found())));
    }
    if (decision instanceof TotalTooLarge) {
      return Reply.invalid(
          new Violation("/lines", "must be worth at most " + Money.MAX_AMOUNT + " in all"));
    }
    throw new IllegalStateException(decision + " is no answer (expected: to be tried again)");
  }

  private static Reply<OrderView> created(Order order) {
    return Reply.created(OrderView.of(order), "/v1/orders/" + order.id());
  }
}
