package dev.starling.textfeatures;

import dev.starling.contract.features.TextFeaturesContract.Embedded;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Vectors by text; those that were not asked for the longest go first. All are of one version of
 * the model. Not thread-safe.
 */
final class VectorCache {
  /**
   * An entry's objects besides characters and numbers: the map's entry (56) and its slot (8), a
   * String (24), two array headers (32), the record (24).
   */
  private static final int OVERHEAD = 144;

  private final long maxBytes;
  private final LongConsumer change;
  private final LinkedHashMap<String, Embedded> entries = new LinkedHashMap<>(16, 0.75f, true);
  private String model = "";
  private long bytes;

  /**
   * @param maxBytes zero remembers nothing
   * @param change is told how many bytes it grows by, or shrinks
   */
  VectorCache(long maxBytes, LongConsumer change) {
    this.maxBytes = maxBytes;
    this.change = change;
  }

  @Nullable Embedded get(String text) {
    return entries.get(text);
  }

  void put(String text, Embedded embedded) {
    serves(embedded.model());
    long added = size(text, embedded);
    if (added > maxBytes) {
      return;
    }
    long was = bytes;
    Embedded before = entries.put(text, embedded);
    bytes += added - (before == null ? 0 : size(text, before));
    Iterator<Map.Entry<String, Embedded>> eldest = entries.entrySet().iterator();
    while (bytes > maxBytes) {
      Map.Entry<String, Embedded> gone = eldest.next();
      bytes -= size(gone.getKey(), gone.getValue());
      eldest.remove();
    }
    change.accept(bytes - was);
  }

  /** This is what answers now: vectors that something else made are forgotten. */
  void serves(String currentModel) {
    if (!model.equals(currentModel)) {
      clear();
      model = currentModel;
    }
  }

  void clear() {
    entries.clear();
    change.accept(-bytes);
    bytes = 0;
  }

  int size() {
    return entries.size();
  }

  long bytes() {
    return bytes;
  }

  /** Texts may take two bytes for each character. */
  private static long size(String text, Embedded embedded) {
    return OVERHEAD + 2L * text.length() + (long) Float.BYTES * embedded.vector().length;
  }
}
