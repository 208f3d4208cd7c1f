package dev.starling.risk;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the model. Confined to the context of its bus. */
final class Scorer {
  /** A request of 247 rows, which models usually take at once. */
  static final int MAX_ORDERS = 19;

  private final Bus bus;
  private final String model;
  private final Duration timeout;

  /**
   * @param timeout longest wait for the model
   */
  Scorer(Bus bus, String model, Duration timeout) {
    this.bus = bus;
    this.model = model;
    this.timeout = timeout;
  }

  /**
   * Scores at most {@value #MAX_ORDERS} orders, in one call, so that one version of the model says
   * all of it.
   *
   * <p>Fails with a {@link BusException} when the model cannot be asked, with {@link UnfitModel}
   * when what it says is of no use.
   *
   * @return for each order, in their order
   */
  Future<List<Assessment>> score(List<Features> orders, CallContext context) {
    List<Features> rows = orders.stream().flatMap(one -> Ablation.rows(one).stream()).toList();
    long deadline =
        System.nanoTime()
            + Math.min(timeout.toNanos(), context.remaining(System.nanoTime()).toNanos());
    Infer request = new Infer("", List.of(Rows.tensor(rows)), List.of());
    return bus.call(
            InferenceContract.infer(model),
            request,
            context.withDeadline(deadline).withSafeToRetry(true))
        .map(answer -> assess(orders, rows.size(), answer));
  }

  private List<Assessment> assess(List<Features> orders, int rows, Inference answer) {
    if (answer instanceof Refused refused) {
      // No node has the version (any more): as if no node had the model.
      throw refused.reason() == Reason.NOT_HERE
          ? new BusException(ErrorCode.UNAVAILABLE, model + ": " + refused.detail())
          : new UnfitModel(model + ": " + refused.detail());
    }
    Inferred inferred = (Inferred) answer;
    List<Float> scores = Rows.scores(inferred, rows);
    List<Assessment> assessments = new ArrayList<>(orders.size());
    for (int i = 0; i < orders.size(); i++) {
      int first = i * Ablation.ROWS;
      assessments.add(
          Ablation.assess(
              orders.get(i), scores.subList(first, first + Ablation.ROWS), inferred.version()));
    }
    return assessments;
  }
}
