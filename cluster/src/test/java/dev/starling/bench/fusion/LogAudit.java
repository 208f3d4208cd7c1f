package dev.starling.bench.fusion;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Compares the log with what was acknowledged, batch by batch.
 *
 * @param acknowledged events that were
 * @param rows of the log
 * @param lost events that were acknowledged and are not there
 * @param unasked events that are there although their batch was refused
 * @param torn batches, sent as a whole, of which a part is there
 */
record LogAudit(long acknowledged, long rows, long lost, long unasked, long torn) {

  /**
   * @param acknowledged numbers of batches
   * @param unknown numbers of batches of which nobody knows
   * @param single numbers of batches whose events were sent each by itself
   */
  static LogAudit of(
      FusionTables tables, BitSet acknowledged, BitSet unknown, BitSet single, int size)
      throws SQLException {
    Rows rows = new Rows();
    tables.events(event -> rows.add((int) Batches.batchOf(event.id())));
    return of(rows, acknowledged, unknown, single, size);
  }

  static LogAudit of(Rows rows, BitSet acknowledged, BitSet unknown, BitSet single, int size) {
    long lost = 0;
    long unasked = 0;
    long torn = 0;
    int batches = Math.max(rows.batches(), acknowledged.length());
    for (int batch = 0; batch < batches; batch++) {
      int there = rows.of(batch);
      if (acknowledged.get(batch)) {
        lost += size - there;
      } else if (!unknown.get(batch)) {
        unasked += there;
      }
      torn += there > 0 && there < size && !single.get(batch) ? 1 : 0;
    }
    return new LogAudit(
        (long) acknowledged.cardinality() * size, rows.total(), lost, unasked, torn);
  }

  /** How many rows there are of each batch. Not thread-safe. */
  static final class Rows {
    private int[] counts = new int[1 << 10];
    private int batches;
    private long total;

    void add(int batch) {
      if (batch >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(2 * counts.length, batch + 1));
      }
      counts[batch]++;
      batches = Math.max(batches, batch + 1);
      total++;
    }

    int of(int batch) {
      return batch < counts.length ? counts[batch] : 0;
    }

    int batches() {
      return batches;
    }

    long total() {
      return total;
    }
  }
}
