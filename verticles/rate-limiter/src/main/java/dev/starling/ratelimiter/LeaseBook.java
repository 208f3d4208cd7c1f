package dev.starling.ratelimiter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The leases of a node, by rule and key: so many at the most, of which the least recently used go
 * first. A lease that goes takes what it has borrowed with it.
 *
 * <p>Thread-safe.
 */
final class LeaseBook {
  /** Enough that event loops rarely meet in one. */
  private static final int STRIPES = 64;

  private final Shelf[] shelves = new Shelf[STRIPES];
  private final LongAdder lost = new LongAdder();

  LeaseBook(int most) {
    int each = Math.max(1, most / STRIPES);
    for (int i = 0; i < STRIPES; i++) {
      shelves[i] = new Shelf(each);
    }
  }

  /**
   * The lease of a rule and key, made if it is not there.
   *
   * @param keyHash of the key, under this node's secret
   */
  Lease of(Rule rule, long keyHash, Supplier<String> key, SipHash texts) {
    long id = Mixing.mix(keyHash ^ rule.limits().get(0).salt());
    Shelf shelf = shelves[(int) (id >>> 58)];
    synchronized (shelf) {
      Lease lease = shelf.get(id);
      if (lease == null) {
        String text = key.get();
        lease = new Lease(rule, text, texts.hash(text), lost);
        shelf.put(id, lease);
      } else if (lease.rule() != rule) {
        lease.renew(rule);
      }
      return lease;
    }
  }

  /** Permits that expired, because nobody came for them. */
  long lost() {
    return lost.sum();
  }

  int size() {
    int size = 0;
    for (Shelf shelf : shelves) {
      synchronized (shelf) {
        size += shelf.size();
      }
    }
    return size;
  }

  /** Permits that are kept now; looks at every lease. */
  long outstanding(long nowNanos) {
    long sum = 0;
    for (Shelf shelf : shelves) {
      synchronized (shelf) {
        for (Lease lease : shelf.values()) {
          sum += lease.balance(nowNanos);
        }
      }
    }
    return sum;
  }

  private static final class Shelf extends LinkedHashMap<Long, Lease> {
    private final transient int most;

    Shelf(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Lease> eldest) {
      return size() > most;
    }
  }
}
