package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Content;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.contract.vectors.VectorsContract.Vector;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is wrong with what was given, in the words of whoever gave it; empty for nothing. Without
 * state.
 */
final class PointChecks {
  static final int MAX_POINTS = 1000;
  static final int MAX_K = 1000;
  static final int MAX_ID_BYTES = 256;
  static final int MAX_TEXT_LENGTH = 8192;
  static final String NAME = "[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?";

  private static final Pattern NAMES = Pattern.compile(NAME);

  private PointChecks() {}

  /** As clients write it. */
  static String name(Metric metric) {
    return metric.name().toLowerCase(Locale.ROOT);
  }

  static String collection(Collection wanted) {
    if (!NAMES.matcher(wanted.name()).matches()) {
      return "collection: "
          + wanted.name()
          + " (expected: 1..64 of a-z, 0-9, _ and -, a letter or digit first and last)";
    }
    return wanted.dimension() < 1 || wanted.dimension() > Collection.MAX_DIMENSION
        ? "dimension: %d (expected: 1..%d)".formatted(wanted.dimension(), Collection.MAX_DIMENSION)
        : "";
  }

  /** Everything but attributes, and vectors that are made of texts. */
  static String points(List<Point> points, Collection collection) {
    if (points.isEmpty() || points.size() > MAX_POINTS) {
      return "points: " + points.size() + " (expected: 1.." + MAX_POINTS + ")";
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      String objection = id(point.id());
      if (objection.isEmpty()) {
        objection =
            ids.add(point.id()) ? content(point, collection) : "id: given twice (expected: once)";
      }
      if (!objection.isEmpty()) {
        return "points[" + i + "]." + objection;
      }
    }
    return "";
  }

  private static String content(Point point, Collection collection) {
    return point.content() instanceof Vector vector
        ? vector(vector.values(), collection)
        : text((Text) point.content());
  }

  static String ids(List<String> ids) {
    if (ids.isEmpty() || ids.size() > MAX_POINTS) {
      return "ids: " + ids.size() + " (expected: 1.." + MAX_POINTS + ")";
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < ids.size(); i++) {
      String objection = id(ids.get(i));
      if (objection.isEmpty() && !seen.add(ids.get(i))) {
        objection = "id: given twice (expected: once)";
      }
      if (!objection.isEmpty()) {
        return "ids[" + i + "], " + objection;
      }
    }
    return "";
  }

  static String id(String id) {
    int bytes = Utf8.length(id);
    if (bytes < 1 || bytes > MAX_ID_BYTES) {
      return "id: " + bytes + " bytes (expected: 1.." + MAX_ID_BYTES + ")";
    }
    return Utf8.isStorable(id) && id.chars().noneMatch(Character::isISOControl)
        ? ""
        : "id: control characters or half of a surrogate pair (expected: visible text)";
  }

  static String search(Content content, int k) {
    if (k < 1 || k > MAX_K) {
      return "k: " + k + " (expected: 1.." + MAX_K + ")";
    }
    return content instanceof Text text ? text(text) : "";
  }

  private static String text(Text text) {
    int length = text.text().length();
    return length < 1 || length > MAX_TEXT_LENGTH
        ? "text: %d characters (expected: 1..%d)".formatted(length, MAX_TEXT_LENGTH)
        : "";
  }

  static String vector(float[] vector, Collection collection) {
    if (vector.length != collection.dimension()) {
      return "vector: %d numbers (expected: %d, the collection's dimension)"
          .formatted(vector.length, collection.dimension());
    }
    boolean zero = true;
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        return "vector[" + i + "]: " + vector[i] + " (expected: a finite number of 32 bits)";
      }
      zero &= vector[i] == 0;
    }
    return zero && collection.metric() == Metric.COSINE
        ? "vector: only zeros (expected: a direction, since the metric is cosine)"
        : "";
  }
}
