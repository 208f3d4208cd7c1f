package dev.starling.testkit;

import dev.starling.bus.Address;
import dev.starling.bus.BusObserver;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Target;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What went over the bus of a test node. Thread-safe. */
public final class BusTraffic implements BusObserver {
  private final Map<String, Set<Integer>> reached = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> expired = new ConcurrentHashMap<>();

  /** The numbers of the contexts on which instances of a service took calls. */
  public Set<Integer> reached(String service) {
    return Set.copyOf(reached.getOrDefault(service, Set.of()));
  }

  /** How many requests a service did not look at because their deadline had passed. */
  public int expired(String service) {
    AtomicInteger count = expired.get(service);
    return count == null ? 0 : count.get();
  }

  @Override
  public void callEnded(
      Address<?, ?> address, Target target, @Nullable ErrorCode failure, long elapsedNanos) {
    reached
        .computeIfAbsent(address.service(), service -> ConcurrentHashMap.newKeySet())
        .add(target.instance());
  }

  @Override
  public void requestExpired(String service) {
    expired.computeIfAbsent(service, name -> new AtomicInteger()).incrementAndGet();
  }
}
