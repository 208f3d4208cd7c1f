package dev.starling.vectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.sdk.Json;
import jakarta.validation.constraints.NotNull;
import java.util.Map;

/**
 * A point as clients see it.
 *
 * @param vector as it was given, or made of the text
 */
// The numbers go from the row to the reply; nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record PointView(
    @NotNull String id, @NotNull float[] vector, @NotNull Map<String, Object> attributes) {

  static PointView of(Put point) {
    try {
      return new PointView(
          point.id(),
          point.vector(),
          Json.MAPPER.readValue(point.attributes(), new TypeReference<>() {}));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("attributes of " + point.id() + " are not JSON", e);
    }
  }
}
