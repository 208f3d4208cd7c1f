package dev.starling.vectors.index;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.FixedBitSet;

/** Which slots have a term: an inverted index. Guarded by the lock of its {@link PointIndex}. */
final class Postings {
  private final Map<Term, Slots> byTerm = new HashMap<>();

  /** Slots in ascending order. */
  private static final class Slots {
    private int[] slots = new int[2];
    private int count;

    void add(int slot) {
      if (count == slots.length) {
        slots = Arrays.copyOf(slots, count * 2);
      }
      slots[count++] = slot;
    }

    void addTo(FixedBitSet bits) {
      for (int i = 0; i < count; i++) {
        bits.set(slots[i]);
      }
    }
  }

  /** Adds a slot, which is higher than those before. */
  void add(int slot, List<Term> terms) {
    for (Term term : terms) {
      byTerm.computeIfAbsent(term, first -> new Slots()).add(slot);
    }
  }

  /** The slots below {@code size} that meet the conditions; dead ones may be among them. */
  FixedBitSet matching(Filter filter, int size) {
    FixedBitSet all = null;
    for (List<Term> anyOf : filter.conditions()) {
      FixedBitSet one = new FixedBitSet(size);
      for (Term term : anyOf) {
        Slots slots = byTerm.get(term);
        if (slots != null) {
          slots.addTo(one);
        }
      }
      if (all == null) {
        all = one;
      } else {
        all.and(one);
      }
    }
    if (all == null) {
      all = new FixedBitSet(size);
      all.set(0, size);
    }
    return all;
  }
}
