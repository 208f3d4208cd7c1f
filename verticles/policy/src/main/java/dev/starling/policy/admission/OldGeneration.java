package dev.starling.policy.admission;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a {@link HeapGuard} what collections of the JVM leave in the old generation.
 *
 * <p>Not thread-safe: one thread polls, about once a second; a poll takes some microseconds.
 */
public final class OldGeneration {
  /** Its name by collector; one that is not generational has one pool for everything. */
  private static final Set<String> NAMES =
      Set.of(
          "G1 Old Gen",
          "Tenured Gen", // Serial
          "PS Old Gen", // Parallel
          "ZGC Old Generation",
          "ZHeap", // ZGC without generations
          "Shenandoah Old Gen",
          "Shenandoah");

  private final MemoryPoolMXBean pool;
  private final List<GarbageCollectorMXBean> collectors;
  private long collections;
  private long usedAfter = -1;

  private OldGeneration(MemoryPoolMXBean pool, List<GarbageCollectorMXBean> collectors) {
    this.pool = pool;
    this.collectors = collectors;
  }

  /** Of this JVM; empty for a collector that is not known, whose heap is not guarded then. */
  public static Optional<OldGeneration> find() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && NAMES.contains(pool.getName()))
        .filter(pool -> pool.getCollectionUsage() != null)
        .findFirst()
        .map(OldGeneration::of);
  }

  private static OldGeneration of(MemoryPoolMXBean pool) {
    Set<String> managers = Set.of(pool.getMemoryManagerNames());
    return new OldGeneration(
        pool,
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(collector -> managers.contains(collector.getName()))
            .toList());
  }

  /** Tells the guard if there was a collection that concerns the pool since the last poll. */
  public void poll(HeapGuard guard, long nowNanos) {
    long now = collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    MemoryUsage after = pool.getCollectionUsage();
    // With G1 a collection of the young generation counts too, but leaves the same figure.
    if (after != null && now != collections && after.getUsed() != usedAfter) {
      guard.collected(percent(after), nowNanos);
      usedAfter = after.getUsed();
    }
    collections = now;
  }

  private static double percent(MemoryUsage usage) {
    // A pool may have no limit of its own.
    long most = usage.getMax() > 0 ? usage.getMax() : Runtime.getRuntime().maxMemory();
    return 100.0 * usage.getUsed() / most;
  }
}
