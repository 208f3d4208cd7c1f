package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Content;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.contract.vectors.VectorsContract.Vector;
import dev.starling.sdk.Json;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A point that a client stores.
 *
 * @param vector what it is found by, unless there is a text
 * @param text what a vector is made of
 * @param attributes what it can be filtered by, and is shown with it
 */
// The numbers go from the parser to the row; nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record NewPoint(
    @NotNull @Size(min = 1, max = PointChecks.MAX_ID_BYTES) String id,
    float @Nullable [] vector,
    @Nullable @Size(min = 1, max = PointChecks.MAX_TEXT_LENGTH) String text,
    @Nullable Map<String, Object> attributes) {

  static final String ONE_OF = "vector, text: %s (expected: one of the two)";

  /** What is wrong with it besides its parts; empty for nothing. */
  String objection() {
    return objection(vector, text);
  }

  static String objection(float @Nullable [] vector, @Nullable String text) {
    if (vector == null && text == null) {
      return ONE_OF.formatted("neither");
    }
    return vector != null && text != null ? ONE_OF.formatted("both") : "";
  }

  Point toPoint() {
    return new Point(id, content(vector, text), attributes == null ? "" : json(attributes));
  }

  /** One of the two, which has been made sure of. */
  static Content content(float @Nullable [] vector, @Nullable String text) {
    if (vector != null) {
      return new Vector(vector);
    }
    if (text == null) {
      throw new IllegalStateException(ONE_OF.formatted("neither"));
    }
    return new Text(text);
  }

  private static String json(Map<String, Object> attributes) {
    return Json.MAPPER.valueToTree(attributes).toString();
  }
}
