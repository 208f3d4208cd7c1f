package dev.starling.inferencejobs;

import static dev.starling.testkit.TestNode.await;

import dev.starling.bus.Bus.Registration;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import dev.starling.testkit.TestNode;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model on the bus that answers when a test says so, with its own inputs. Used from the test's
 * thread.
 */
final class TestModel {
  static final String NAME = "echo";

  private final Registration registration;
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final AtomicInteger calls = new AtomicInteger();

  /** A call that waits for its answer. */
  record Asked(Infer infer, CallContext context, Promise<Inference> answer) {

    /** Gives back the inputs, as version 3. */
    void echo() {
      answer.complete(new Inferred("3", infer.inputs()));
    }

    void answer(Tensor output) {
      answer.complete(new Inferred("3", List.of(output)));
    }

    void fail(ErrorCode code) {
      answer.fail(new BusException(code, "says the test"));
    }
  }

  TestModel(TestNode node) {
    registration =
        await(
            node.onCaller(
                bus ->
                    bus.serve(
                        InferenceContract.infer(NAME),
                        (infer, context) -> {
                          calls.incrementAndGet();
                          Asked one = new Asked(infer, context, Promise.promise());
                          asked.add(one);
                          return one.answer.future();
                        })));
  }

  /** The next call, once it is there. */
  Asked next() {
    try {
      Asked one = asked.poll(TestNode.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (one == null) {
        throw new AssertionError("nobody called the model within " + TestNode.PATIENCE);
      }
      return one;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** How often it was called. */
  int calls() {
    return calls.get();
  }

  void close() {
    await(registration.close());
  }
}
