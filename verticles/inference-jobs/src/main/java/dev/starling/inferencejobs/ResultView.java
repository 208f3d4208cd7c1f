package dev.starling.inferencejobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/**
 * The answer of a model, as the Open Inference Protocol has it.
 *
 * @param modelVersion the version that ran
 * @param id the job's
 */
record ResultView(
    @NotNull String modelName,
    @NotNull String modelVersion,
    @NotNull String id,
    @NotNull List<Output> outputs) {

  /**
   * @param data all elements in row-major order
   */
  record Output(
      @NotNull String name,
      @NotNull List<Long> shape,
      @NotNull DataType datatype,
      @NotNull JsonNode data) {}
}
