package dev.starling.bus;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a call can be sent: one instance on this node, or another node as a whole.
 *
 * <p>Thread-safe. The in-flight count is that of this node's callers only; it is what the router
 * compares when it has a choice.
 */
public final class Target {
  private final String nodeId;
  private final String address;
  private final int instance;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger timeoutsInARow = new AtomicInteger();
  private final OverdueCalls overdue;

  private Target(String nodeId, String address, int instance, OverdueCalls overdue) {
    this.nodeId = nodeId;
    this.address = address;
    this.instance = instance;
    this.overdue = overdue;
  }

  /** An instance of a service on this node. */
  static Target instance(String nodeId, String service, int instance) {
    return new Target(
        nodeId, BusAddresses.instance(service, instance), instance, new OverdueCalls());
  }

  /** Another node; it chooses the instance itself. */
  public static Target node(String nodeId) {
    return node(nodeId, new OverdueCalls());
  }

  /**
   * Another node, for one of its services.
   *
   * @param overdue the same one for all of its services
   */
  public static Target node(String nodeId, OverdueCalls overdue) {
    return new Target(nodeId, BusAddresses.node(nodeId), -1, overdue);
  }

  public String nodeId() {
    return nodeId;
  }

  public boolean isLocal() {
    return instance >= 0;
  }

  /** The number of the context that the instance lives on; -1 for another node. */
  public int instance() {
    return instance;
  }

  /** Calls that were sent there and have not ended. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Calls that were not answered in time since the last one that was. */
  public int timeoutsInARow() {
    return timeoutsInARow.get();
  }

  public void forgetTimeouts() {
    timeoutsInARow.set(0);
  }

  /** It owes answers that are overdue, and has given no other meanwhile. */
  boolean isLate() {
    return overdue.areMany();
  }

  /** A call that it has not answered was sent to another node as well. */
  void hedged() {
    overdue.add();
  }

  void timedOut() {
    timeoutsInARow.incrementAndGet();
    overdue.clear();
  }

  void answered() {
    overdue.clear();
    // Nearly always zero already: a read is cheaper than a write that other cores must see.
    if (timeoutsInARow.get() != 0) {
      timeoutsInARow.set(0);
    }
  }

  String address() {
    return address;
  }

  void begin() {
    inFlight.getAndIncrement();
  }

  void end() {
    inFlight.getAndDecrement();
  }

  @Override
  public String toString() {
    return address;
  }
}
