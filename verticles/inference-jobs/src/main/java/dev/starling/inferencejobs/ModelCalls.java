package dev.starling.inferencejobs;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.inferencejobs.RunOutcome.Lost;
import dev.starling.inferencejobs.RunOutcome.NotRun;
import dev.starling.inferencejobs.RunOutcome.Over;
import dev.starling.sdk.Members;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs models over the bus. Confined to the context of its instance. */
final class ModelCalls {
  private static final Logger log = LoggerFactory.getLogger(ModelCalls.class);

  private final Bus bus;
  private final Optional<Members> members;
  private final RandomGenerator random;

  /**
   * @param members knows which nodes have which models; empty to find out by calling
   */
  ModelCalls(Bus bus, Optional<Members> members, RandomGenerator random) {
    this.bus = bus;
    this.members = members;
    this.random = random;
  }

  /**
   * Whether a node may have the model. Names that clients chose must not become calls, which are
   * counted by name.
   */
  boolean isServed(String model) {
    return members.isEmpty() || !members.get().serving(InferenceContract.service(model)).isEmpty();
  }

  /** What a job waits for whose model is nowhere. */
  static String nobodyHas(String model) {
    return "no node has the model " + model;
  }

  /** Runs the model of a job once, within the limit; never fails. */
  Future<RunOutcome> run(Job job, JobRequest request, Duration limit) {
    if (!isServed(job.model())) {
      return Future.succeededFuture(new NotRun(nobodyHas(job.model())));
    }
    CallContext context =
        CallContext.expiringAt(System.nanoTime() + limit.toNanos(), trace(job))
            .withPrincipal(new Principal(job.userId().toString(), Set.of()))
            .withPriority(Priority.SHEDDABLE);
    Infer infer = new Infer(job.version(), request.inputs(), request.outputs());
    return bus.call(InferenceContract.infer(job.model()), infer, context)
        .map(inference -> outcome(job, inference))
        .recover(failure -> Future.succeededFuture(outcome(job, failure)));
  }

  private TraceContext trace(Job job) {
    TraceContext found = TraceContext.parse(job.traceparent(), null);
    return found == null ? TraceContext.start(random) : found.child(random);
  }

  private static RunOutcome outcome(Job job, Inference inference) {
    if (inference instanceof Refused refused) {
      return refused.reason() == Reason.NOT_HERE
          ? new NotRun(refused.detail())
          : new Over(JobEnd.failed("invalid-input", refused.detail()));
    }
    return new Over(ResultJson.end(job.id(), job.model(), (Inferred) inference));
  }

  private static RunOutcome outcome(Job job, Throwable failure) {
    ErrorCode code = failure instanceof BusException known ? known.code() : ErrorCode.INTERNAL;
    return switch (code) {
      case UNAVAILABLE -> new NotRun(nobodyHas(job.model()));
      case OVERLOADED, EXPIRED -> new NotRun("the model has no room for it now");
      case DEADLINE_EXCEEDED -> new Lost("the model did not answer in time");
      case NODE_LOST, UNKNOWN_OUTCOME, CANCELLED -> new Lost("the node that ran it was lost");
      case INVALID_ARGUMENT ->
          new Over(JobEnd.failed("invalid-input", String.valueOf(failure.getMessage())));
      case REPLY_TOO_LARGE ->
          new Over(JobEnd.failed("result-too-large", "the result does not fit into a message"));
      case INTERNAL -> {
        log.warn("Job {}: the model {} failed", job.id(), job.model(), failure);
        String reason = failure instanceof BusException ? failure.getMessage() : "unexpectedly";
        yield new Over(JobEnd.failed("model-failed", "the model failed: " + reason));
      }
    };
  }
}
