package dev.starling.inferencejobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Json;
import dev.starling.sdk.TensorJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a model is to be run on. Immutable.
 *
 * @param json inputs and outputs as they are stored
 * @param inputs the same as tensors
 * @param outputs names of those that are wanted; empty for all
 */
record JobRequest(String json, List<Tensor> inputs, List<String> outputs) {
  /**
   * Of all tensors together. A message of the bus carries 1 MiB; numbers of 64 bits are up to four
   * times as long as their JSON.
   */
  static final long MAX_TENSOR_BYTES = 960 * 1024;

  /** What reading a request gives. */
  sealed interface Reading {}

  record Usable(JobRequest request) implements Reading {}

  /**
   * @param violations one for each tensor that is wrong
   */
  record Unusable(List<Violation> violations) implements Reading {}

  private record Stored(List<NewJob.Input> inputs, List<String> outputs) {}

  /** Reads what a client sent, which was bound and validated before. */
  static Reading read(NewJob asked) {
    List<Violation> violations = new ArrayList<>();
    List<Tensor> tensors = tensors(asked.inputs(), violations);
    List<NewJob.Output> wanted = asked.outputs() == null ? List.of() : asked.outputs();
    List<String> outputs = wanted.stream().map(NewJob.Output::name).toList();
    unique(outputs, "/outputs/", violations);
    long bytes = tensors.stream().mapToLong(tensor -> tensor.data().length).sum();
    if (bytes > MAX_TENSOR_BYTES) {
      violations.add(
          new Violation(
              "/inputs",
              "must be at most %d bytes as tensors (they are %d)"
                  .formatted(MAX_TENSOR_BYTES, bytes)));
    }
    if (!violations.isEmpty()) {
      return new Unusable(violations);
    }
    Stored stored = new Stored(asked.inputs(), outputs);
    return new Usable(new JobRequest(new String(Json.toBytes(stored), UTF_8), tensors, outputs));
  }

  /** Reads what {@link #json} gave. */
  static JobRequest parse(String json) {
    Stored stored;
    try {
      stored = Json.MAPPER.readValue(json, Stored.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request that was stored can be read", e);
    }
    List<Violation> violations = new ArrayList<>();
    List<Tensor> tensors = tensors(stored.inputs, violations);
    if (!violations.isEmpty()) {
      throw new IllegalStateException("stored inputs: " + violations + " (expected: valid ones)");
    }
    return new JobRequest(json, tensors, stored.outputs);
  }

  private static List<Tensor> tensors(List<NewJob.Input> inputs, List<Violation> violations) {
    List<Tensor> tensors = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      NewJob.Input input = inputs.get(i);
      TensorJson.Reading reading =
          TensorJson.read(input.name(), input.datatype(), input.shape(), input.data());
      if (reading instanceof TensorJson.Valid valid) {
        tensors.add(valid.tensor());
      } else if (reading instanceof TensorJson.Wrong wrong) {
        violations.add(
            new Violation("/inputs/" + i + wrong.pointer(), "must be " + wrong.expected()));
      }
    }
    unique(inputs.stream().map(NewJob.Input::name).toList(), "/inputs/", violations);
    return tensors;
  }

  private static void unique(List<String> names, String pointer, List<Violation> violations) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (!seen.add(names.get(i))) {
        violations.add(
            new Violation(pointer + i + "/name", "must not be the name of one before it"));
      }
    }
  }
}
