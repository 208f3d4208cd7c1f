package dev.starling.load;

/** Waits on the calling thread. */
public final class Pause {
  private Pause() {}

  public static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static void until(long nanoTime) {
    long left = (nanoTime - System.nanoTime()) / 1_000_000;
    if (left > 0) {
      millis(left);
    }
  }
}
