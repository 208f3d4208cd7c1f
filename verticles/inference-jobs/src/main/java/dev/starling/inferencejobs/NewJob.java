package dev.starling.inferencejobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for: a request of the Open Inference Protocol, and what to do with it.
 *
 * @param version null for the one that the model prefers
 * @param outputs names of those that are wanted; null for all
 * @param callbackUrl who is told when it has ended; null for nobody
 * @param expiresIn seconds that it may take; null for as long as is configured
 */
record NewJob(
    @NotNull @Pattern(regexp = NewJob.NAME, message = NewJob.NAME_EXPECTATION) String model,
    @Nullable @Pattern(regexp = NewJob.NAME, message = NewJob.NAME_EXPECTATION) String version,
    @NotEmpty @Size(max = NewJob.MAX_TENSORS) List<@NotNull @Valid Input> inputs,
    @Nullable @Size(max = NewJob.MAX_TENSORS) List<@NotNull @Valid Output> outputs,
    @Nullable @Size(max = 2048) String callbackUrl,
    @Nullable @Min(1) Integer expiresIn) {
  static final String NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
  static final String NAME_EXPECTATION =
      "must be 1 to 128 letters, digits, '.', '_' and '-', a letter or a digit first";
  static final int MAX_TENSORS = 64;

  /**
   * A tensor.
   *
   * @param data all elements in row-major order, or arrays in arrays
   */
  record Input(
      @NotNull @Size(min = 1, max = 255) String name,
      @NotNull @Size(max = Tensor.MAX_RANK) List<@NotNull @Min(0) Long> shape,
      @NotNull DataType datatype,
      @NotNull JsonNode data) {}

  record Output(@NotNull @Size(min = 1, max = 255) String name) {}
}
