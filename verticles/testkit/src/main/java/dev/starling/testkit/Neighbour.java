package dev.starling.testkit;

import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Random;

/** A verticle that lives on the context of the one under test and can keep that context busy. */
final class Neighbour extends ServiceVerticle {
  private static final Duration LEFT = Duration.ofMillis(50);

  @Override
  public String name() {
    return "testkit-neighbour";
  }

  /** Sends a request and lets its deadline pass before the context can take it up. */
  Future<OperationReply> callTooLate(String service, OperationRequest request) {
    Promise<OperationReply> reply = Promise.promise();
    context.runOnContext(
        now -> {
          CallContext late =
              CallContext.expiringAt(
                  System.nanoTime() + LEFT.toNanos(), TraceContext.start(new Random(1)));
          bus().call(OperationContract.operate(service), request, late).onComplete(reply);
          while (!late.isExpired(System.nanoTime())) {
            Thread.onSpinWait();
          }
        });
    return reply.future();
  }
}
