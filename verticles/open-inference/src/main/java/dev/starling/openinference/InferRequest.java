package dev.starling.openinference;

import dev.starling.bus.CallContext;
import dev.starling.bus.Priority;
import dev.starling.contract.inference.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a client wants of a model. Immutable.
 *
 * @param id comes back with the answer; empty for none
 * @param outputs those that are wanted; empty for all
 * @param binaryOutputs whether outputs that do not say so themselves are wanted as binary
 * @param timeoutMicros how long it waits; zero when it did not say
 * @param priority 1 is the most urgent; zero when it did not say
 */
record InferRequest(
    String id,
    List<Tensor> inputs,
    List<Output> outputs,
    boolean binaryOutputs,
    long timeoutMicros,
    long priority) {

  /** How an output is wanted. */
  enum Form {
    AS_THE_OTHERS,
    JSON,
    BINARY
  }

  record Output(String name, Form form) {}

  InferRequest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  boolean isBinary(String output) {
    for (Output wanted : outputs) {
      if (wanted.name.equals(output) && wanted.form != Form.AS_THE_OTHERS) {
        return wanted.form == Form.BINARY;
      }
    }
    return binaryOutputs;
  }

  /**
   * The call's context with what the client asks for, which is never more than it has: a deadline
   * only comes nearer and a rank only falls.
   */
  CallContext limit(CallContext context, long nowNanos) {
    CallContext limited = context;
    if (timeoutMicros > 0 && timeoutMicros < TimeUnit.NANOSECONDS.toMicros(Long.MAX_VALUE)) {
      long nanos = TimeUnit.MICROSECONDS.toNanos(timeoutMicros);
      if (nanos < context.remainingNanos(nowNanos)) {
        limited = limited.withDeadline(nowNanos + nanos);
      }
    }
    Priority wanted = rank();
    return wanted.compareTo(context.priority()) > 0 ? limited.withPriority(wanted) : limited;
  }

  /** Triton's levels begin with 1, the most urgent; here there are three for clients. */
  private Priority rank() {
    if (priority == 0) {
      return Priority.OPERATIONS;
    } else if (priority == 1) {
      return Priority.CRITICAL;
    }
    return priority == 2 ? Priority.NORMAL : Priority.SHEDDABLE;
  }
}
