package dev.starling.cluster;

/** The test processes that run at once, which keep out of each other's way. */
public final class TestForks {
  private TestForks() {}

  /** From 1; the only one is 1. */
  public static int number() {
    return Integer.getInteger("surefire.forkNumber", 1);
  }
}
