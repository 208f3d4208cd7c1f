package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.PieceBuffer.Added;
import org.junit.jupiter.api.Test;

class PieceBufferTest {
  private final PieceBudget budget = new PieceBudget(10);

  @Test
  void join_pieces_givesThemInOrder() {
    PieceBuffer buffer = new PieceBuffer(5, budget);

    assertThat(buffer.add(new byte[] {1, 2})).isEqualTo(Added.KEPT);
    assertThat(buffer.add(new byte[0])).isEqualTo(Added.KEPT);
    assertThat(buffer.add(new byte[] {3, 4, 5})).isEqualTo(Added.KEPT);

    assertThat(buffer.join()).containsExactly(1, 2, 3, 4, 5);
    assertThat(buffer.join()).containsExactly(1, 2, 3, 4, 5);
    assertThat(budget.taken()).isEqualTo(5);
  }

  @Test
  void join_nothing_isEmpty() {
    assertThat(new PieceBuffer(5, budget).join()).isEmpty();
  }

  @Test
  void add_beyondItsBound_isTooLargeAndNotTaken() {
    PieceBuffer buffer = new PieceBuffer(5, budget);
    buffer.add(new byte[4]);

    assertThat(buffer.add(new byte[2])).isEqualTo(Added.TOO_LARGE);
    assertThat(budget.taken()).isEqualTo(4);
  }

  @Test
  void add_moreThanAllMayHold_findsNoRoomUntilAnotherIsClosed() {
    PieceBuffer first = new PieceBuffer(8, budget);
    PieceBuffer second = new PieceBuffer(8, budget);
    first.add(new byte[8]);

    assertThat(second.add(new byte[3])).isEqualTo(Added.NO_ROOM);
    first.close();
    first.close();
    assertThat(second.add(new byte[3])).isEqualTo(Added.KEPT);
    assertThat(budget.taken()).isEqualTo(3);
  }

  @Test
  void add_afterItWasClosed_takesNothing() {
    PieceBuffer buffer = new PieceBuffer(8, budget);
    buffer.close();

    assertThat(buffer.add(new byte[1])).isEqualTo(Added.TOO_LARGE);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void budget_ofNothing_isRefused() {
    assertThatThrownBy(() -> new PieceBudget(0)).hasMessage("bytes: 0 (expected: >= 1)");
  }
}
