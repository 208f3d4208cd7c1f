package dev.starling.bus;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one context has in flight, calls or streams, found again by the number that travels with
 * each.
 *
 * <p>Not thread-safe. {@link #begin} and {@link #finish} take constant time and allocate nothing
 * once the table has grown to its working size.
 */
final class CallTable<C> {
  /*
   * A slot array with a stack of free slots. A correlation is the slot's index in the low 32 bits
   * and the slot's generation above: the generation grows with each use, so a late or repeated
   * answer to an earlier call in the same slot does not match.
   */
  private static final int GENERATION_MASK = 0x7FFF_FFFF;
  private static final long[] NONE = {};

  private final int limit;
  private Object[] calls;
  private int[] generations;
  private int[] free;
  private int freeCount;
  private int inFlight;

  CallTable(int limit) {
    this.limit = limit;
    int initial = Math.min(limit, 64);
    this.calls = new Object[initial];
    this.generations = new int[initial];
    this.free = new int[initial];
    pushFree(0, initial);
  }

  int inFlight() {
    return inFlight;
  }

  /** Stores a call and returns its correlation, or -1 when the limit is reached. */
  long begin(C call) {
    if (freeCount == 0 && !grow()) {
      return -1;
    }
    int slot = free[--freeCount];
    calls[slot] = call;
    inFlight++;
    return correlation(slot);
  }

  /** Removes the call with this correlation; null when it has ended already or never was. */
  @Nullable C finish(long correlation) {
    return isInFlight(correlation) ? release((int) correlation) : null;
  }

  /** The call with this correlation; null when it has ended already or never was. */
  @Nullable C get(long correlation) {
    return isInFlight(correlation) ? at((int) correlation) : null;
  }

  /** Hands over every call, none of which may begin or finish meanwhile. */
  void forEach(Consumer<C> action) {
    for (int slot = 0, left = inFlight; left > 0; slot++) {
      C call = at(slot);
      if (call != null) {
        left--;
        action.accept(call);
      }
    }
  }

  /**
   * Removes every call that matches and hands it over.
   *
   * <p>{@code ended} may begin and finish calls: one that begins meanwhile stays, one that is
   * finished meanwhile is not handed over.
   */
  void finishIf(Predicate<C> matches, Consumer<C> ended) {
    for (long correlation : correlations(matches)) {
      C call = finish(correlation);
      if (call != null) {
        ended.accept(call);
      }
    }
  }

  /** Hands over every call that matches; {@code action} may begin and finish calls likewise. */
  void forEachIf(Predicate<C> matches, Consumer<C> action) {
    for (long correlation : correlations(matches)) {
      C call = get(correlation);
      if (call != null) {
        action.accept(call);
      }
    }
  }

  /**
   * The correlations of every call that matches. All of them are found first, since a call that
   * begins may take a slot that is yet to come.
   */
  long[] correlations(Predicate<C> matches) {
    long[] matching = NONE;
    int count = 0;
    for (int slot = 0, left = inFlight; left > 0; slot++) {
      C call = at(slot);
      if (call != null) {
        left--;
        if (matches.test(call)) {
          if (count == matching.length) {
            matching = Arrays.copyOf(matching, Math.max(16, count * 2));
          }
          matching[count++] = correlation(slot);
        }
      }
    }
    return count == matching.length ? matching : Arrays.copyOf(matching, count);
  }

  private boolean isInFlight(long correlation) {
    int slot = (int) correlation;
    return correlation >= 0
        && slot >= 0
        && slot < calls.length
        && generations[slot] == (int) (correlation >>> 32)
        && calls[slot] != null;
  }

  private long correlation(int slot) {
    return (long) generations[slot] << 32 | slot;
  }

  private C release(int slot) {
    C call = at(slot);
    calls[slot] = null;
    generations[slot] = generations[slot] + 1 & GENERATION_MASK;
    free[freeCount++] = slot;
    inFlight--;
    return call;
  }

  @SuppressWarnings("unchecked") // only begin() writes to the array
  private C at(int slot) {
    return (C) calls[slot];
  }

  private boolean grow() {
    int size = calls.length;
    if (size >= limit) {
      return false;
    }
    int newSize = (int) Math.min(limit, size * 2L);
    calls = Arrays.copyOf(calls, newSize);
    generations = Arrays.copyOf(generations, newSize);
    free = Arrays.copyOf(free, newSize);
    pushFree(size, newSize);
    return true;
  }

  private void pushFree(int from, int to) {
    for (int slot = to - 1; slot >= from; slot--) {
      free[freeCount++] = slot;
    }
  }
}
