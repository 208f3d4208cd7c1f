package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class LogAuditTest {
  private static final int SIZE = 3;

  private final LogAudit.Rows rows = new LogAudit.Rows();
  private final BitSet acknowledged = new BitSet();
  private final BitSet unknown = new BitSet();
  private final BitSet single = new BitSet();

  @Test
  void log_ofExactlyWhatWasAcknowledged_isAllThere() {
    acknowledged.set(0, 5_000);
    for (int batch = 0; batch < 5_000; batch++) {
      rows(batch, SIZE);
    }

    assertThat(audit()).isEqualTo(new LogAudit(15_000, 15_000, 0, 0, 0));
  }

  @Test
  void row_ofAnAcknowledgedBatch_missing_isLostAndTheBatchTorn() {
    acknowledged.set(0, 2);
    rows(0, SIZE);
    rows(1, SIZE - 1);

    assertThat(audit()).isEqualTo(new LogAudit(6, 5, 1, 0, 1));
  }

  @Test
  void batch_acknowledgedAndNotThere_isLost() {
    acknowledged.set(7);

    assertThat(audit()).isEqualTo(new LogAudit(3, 0, 3, 0, 0));
  }

  @Test
  void batch_unknownAndThere_isNeitherLostNorUnasked() {
    unknown.set(0);
    rows(0, SIZE);

    assertThat(audit()).isEqualTo(new LogAudit(0, 3, 0, 0, 0));
  }

  @Test
  void batch_inPartAndUnknown_isTornUnlessItsEventsWereSentOneByOne() {
    unknown.set(0, 2);
    single.set(1);
    rows(0, 1);
    rows(1, 1);

    assertThat(audit()).isEqualTo(new LogAudit(0, 2, 0, 0, 1));
  }

  @Test
  void batch_refusedAndThere_isUnasked() {
    rows(0, SIZE);

    assertThat(audit()).isEqualTo(new LogAudit(0, 3, 0, 3, 0));
  }

  private void rows(int batch, int count) {
    for (int i = 0; i < count; i++) {
      rows.add(batch);
    }
  }

  private LogAudit audit() {
    return LogAudit.of(rows, acknowledged, unknown, single, SIZE);
  }
}
