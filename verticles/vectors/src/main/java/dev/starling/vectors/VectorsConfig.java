package dev.starling.vectors;

import static dev.starling.sdk.Bounds.within;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code vectors} of a node's configuration. Immutable.
 *
 * @param backend what keeps the points
 * @param textModel makes vectors of texts
 * @param maxPoints units of 2 KiB that the points in this node's memory may take; zero for one for
 *     each 6 KiB of the heap
 * @param maxCollections that one user may have
 * @param searchThreads of this node
 * @param maxSearches that may wait for them; one more is refused
 * @param breadth candidates that a graph search keeps at least
 * @param pollInterval how often a node looks for what others wrote to its shards
 * @param keepDeleted how long the rows of deleted points are kept for those who follow them
 */
public record VectorsConfig(
    Backend backend,
    String textModel,
    int maxPoints,
    int maxCollections,
    int searchThreads,
    int maxSearches,
    int breadth,
    Duration pollInterval,
    Duration keepDeleted) {
  /** Half of the heap at the worst: a unit takes some 3 KiB with its share of graph and tables. */
  private static final long HEAP_BYTES_PER_POINT = 6 * 1024;

  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /** What keeps the points. */
  public enum Backend {
    POSTGRES,
    REDIS;

    @Override
    @JsonValue
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public VectorsConfig(
      @Nullable Backend backend,
      @Nullable String textModel,
      int maxPoints,
      int maxCollections,
      int searchThreads,
      int maxSearches,
      int breadth,
      Duration pollInterval,
      Duration keepDeleted) {
    if (backend == null) {
      throw new IllegalArgumentException("backend: null (expected one of: postgres, redis)");
    }
    if (textModel == null || !MODEL.matcher(textModel).matches()) {
      throw new IllegalArgumentException(
          "text-model: " + textModel + " (expected: the name of a model)");
    }
    this.backend = backend;
    this.textModel = textModel;
    this.maxPoints = within("max-points", maxPoints, 0, 100_000_000);
    this.maxCollections = within("max-collections", maxCollections, 1, 10_000);
    this.searchThreads = within("search-threads", searchThreads, 1, 64);
    this.maxSearches = within("max-searches", maxSearches, 1, 10_000);
    this.breadth = within("breadth", breadth, 8, 1_000);
    this.pollInterval =
        within("poll-interval", pollInterval, Duration.ofMillis(50), Duration.ofMinutes(1));
    this.keepDeleted =
        within("keep-deleted", keepDeleted, Duration.ofMinutes(1), Duration.ofDays(30));
  }

  public static VectorsConfig defaults() {
    return new VectorsConfig(
        Backend.POSTGRES,
        "all-minilm-l6-v2",
        0,
        100,
        2,
        128,
        64,
        Duration.ofMillis(500),
        Duration.ofHours(1));
  }

  /**
   * @param heapBytes the largest that the heap gets
   */
  long maxUnits(long heapBytes) {
    return maxPoints > 0 ? maxPoints : Math.max(1, heapBytes / HEAP_BYTES_PER_POINT);
  }
}
