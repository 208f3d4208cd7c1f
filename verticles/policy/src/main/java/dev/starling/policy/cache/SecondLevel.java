package dev.starling.policy.cache;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where answers are kept for all nodes. Thread-safe; never blocks.
 *
 * <p>It is asked before anything is loaded, so it must be quick, and may fail: that is a miss.
 */
public interface SecondLevel<V> {

  /**
   * An answer.
   *
   * @param age since it was loaded, by whichever node
   */
  record Stored<V>(V value, Duration age) {}

  /** What is kept under a key, or null; completes within {@code patience}. */
  CompletionStage<@Nullable Stored<V>> find(CacheKey key, Duration patience);

  /** Keeps an answer that was just loaded for {@code life}; nobody waits for it. */
  void store(CacheKey key, V value, Duration life);
}
