package dev.starling.edge;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/** A service with a bulk operation: doubles numbers, refuses odd hundreds, breaks at 999. */
final class BulkVerticle extends ServiceVerticle {
  static final int MAX_LINE = 200;

  /** Lines that the handler has been called with. */
  final AtomicInteger called = new AtomicInteger();

  /** When set, answers wait until they are let go. */
  volatile boolean holding;

  private final Deque<Promise<Void>> held = new ArrayDeque<>();

  record Number(@NotNull @Max(1000) Integer value) {}

  record Double(int value) {}

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  protected void declare(Operations on) {
    on.bulk("/v1/numbers:double", Number.class, Double.class, (call, number) -> twice(number))
        .id("bulk.double")
        .maxBodyBytes(MAX_LINE)
        .open();
    on.get("/v1/numbers", Double.class, call -> reply(new Double(0))).id("bulk.none").open();
  }

  private Future<Reply<Double>> twice(Number number) {
    called.incrementAndGet();
    if (number.value() == 999) {
      throw new IllegalStateException("a bug with a secret: hunter2");
    }
    if (number.value() == 100) {
      return Future.succeededFuture(Reply.refused(Refusal.CONFLICT, "round-number", "too round"));
    }
    Reply<Double> reply =
        Reply.created(new Double(2 * number.value()), "/v1/numbers/" + number.value());
    if (!holding) {
      return Future.succeededFuture(reply);
    }
    Promise<Void> later = Promise.promise();
    held.add(later);
    return later.future().map(reply);
  }

  /** Lets the answers go that were held. */
  void letGo() {
    context.runOnContext(
        now -> {
          holding = false;
          while (!held.isEmpty()) {
            held.remove().complete();
          }
        });
  }
}
