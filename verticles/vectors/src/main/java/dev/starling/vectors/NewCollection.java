package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Metric;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;

/**
 * A collection that a client wants.
 *
 * @param dimension how many numbers each vector has
 * @param metric {@code cosine}, {@code dot} or {@code euclidean}
 */
record NewCollection(
    @NotNull @Min(1) @Max(Collection.MAX_DIMENSION) Integer dimension,
    @NotNull @Pattern(regexp = "cosine|dot|euclidean") String metric) {

  Metric toMetric() {
    return Metric.valueOf(metric.toUpperCase(Locale.ROOT));
  }
}
