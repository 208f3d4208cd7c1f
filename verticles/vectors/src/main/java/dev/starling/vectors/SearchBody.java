package dev.starling.vectors;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client searches for.
 *
 * @param vector or {@code text}: one of the two
 * @param k how many points, 10 unless given
 * @param filter attributes and what they must be
 * @param exact whether every point is compared, which takes longer; false unless given
 */
// The numbers go from the parser to the search; nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record SearchBody(
    float @Nullable [] vector,
    @Nullable @Size(min = 1, max = PointChecks.MAX_TEXT_LENGTH) String text,
    @Nullable @Min(1) @Max(PointChecks.MAX_K) Integer k,
    @Nullable Map<String, Object> filter,
    @Nullable Boolean exact) {
  private static final int DEFAULT_K = 10;

  int wanted() {
    return k == null ? DEFAULT_K : k;
  }

  boolean isExact() {
    return exact != null && exact;
  }
}
