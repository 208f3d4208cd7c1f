package dev.starling.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts the pieces of one body together, within its own bound and the node's. Nothing is reserved
 * for what has not come. Not thread-safe.
 */
public final class PieceBuffer implements AutoCloseable {
  private final int maxBytes;
  private final PieceBudget budget;
  private final List<byte[]> pieces = new ArrayList<>();
  private int length;
  private boolean closed;

  /** What became of a piece. */
  public enum Added {
    KEPT,
    /** The body is larger than it may be. */
    TOO_LARGE,
    /** All bodies together are. */
    NO_ROOM
  }

  public PieceBuffer(int maxBytes, PieceBudget budget) {
    this.maxBytes = maxBytes;
    this.budget = budget;
  }

  /** Keeps a piece, which nobody may write to any more. */
  public Added add(byte[] piece) {
    if (closed || piece.length > maxBytes - length) {
      return Added.TOO_LARGE;
    }
    if (!budget.tryTake(piece.length)) {
      return Added.NO_ROOM;
    }
    length += piece.length;
    pieces.add(piece);
    return Added.KEPT;
  }

  /** The body. It counts as taken until this is closed. */
  public byte[] join() {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    byte[] whole = new byte[length];
    int position = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, whole, position, piece.length);
      position += piece.length;
    }
    pieces.clear();
    pieces.add(whole);
    return whole;
  }

  /** Nobody needs the body any more; closing it twice is harmless. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pieces.clear();
      budget.giveBack(length);
    }
  }
}
