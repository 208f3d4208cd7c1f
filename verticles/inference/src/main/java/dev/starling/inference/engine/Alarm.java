package dev.starling.inference.engine;

/** Runs something later. */
@FunctionalInterface
interface Alarm {

  /** The task is short, and must not throw; it is dropped when the engine is closed before. */
  void after(long nanos, Runnable task);
}
