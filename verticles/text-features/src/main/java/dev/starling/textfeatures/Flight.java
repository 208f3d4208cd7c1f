package dev.starling.textfeatures;

import dev.starling.bus.CallContext;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** One text on its way to the model and back, for all who ask for it meanwhile. Not thread-safe. */
final class Flight {
  private final String text;
  private final Promise<TextFeatures> done = Promise.promise();
  private CallContext call;

  Flight(String text, CallContext first) {
    this.text = text;
    this.call = first;
  }

  String text() {
    return text;
  }

  /** One more waits: it is as urgent as the most urgent, and matters for as long as any. */
  void joined(CallContext another) {
    if (another.priority().compareTo(call.priority()) < 0) {
      call = call.withPriority(another.priority());
    }
    if (another.deadlineNanos() - call.deadlineNanos() > 0) {
      call = call.withDeadline(another.deadlineNanos());
    }
  }

  /** On behalf of whom the model is asked. */
  CallContext call() {
    return call;
  }

  Promise<TextFeatures> done() {
    return done;
  }

  Future<TextFeatures> answer() {
    return done.future();
  }
}
