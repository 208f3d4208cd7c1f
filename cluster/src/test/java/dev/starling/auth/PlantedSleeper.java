package dev.starling.auth;

import java.util.concurrent.CompletableFuture;

/** Breaks the rules of the event loop: it blocks, reads the clock, and has a main. */
public final class PlantedSleeper {
  private PlantedSleeper() {}

  static void block(CompletableFuture<String> future) throws Exception {
    Thread.sleep(1);
    future.get();
    future.join();
  }

  static long now() {
    return System.currentTimeMillis();
  }

  public static void main(String[] arguments) {}
}
