package dev.starling.policy.cache;

import java.util.concurrent.CompletionStage;

/** Fetches the answer for one request. */
@FunctionalInterface
public interface Loader<V> {

  /**
   * Called at most once, on the thread that asked or on the one whose load just ended. It must not
   * block and has a deadline of its own. A failed stage is a failure of whoever asked.
   */
  CompletionStage<Loaded<V>> load();
}
